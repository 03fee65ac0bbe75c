/** The libraries of a machine as they are now. Looks only. */
import type { DatasetRow } from '../datasets/model.ts'
import { AppError } from '../errors.ts'
import type { FileEntry, Host } from '../host/host.ts'
import { HEAD_BYTES, type ImageFacts, imageFacts } from '../host/image-format.ts'
import { listProcesses } from '../host/ps.ts'
import { systemOf } from '../host/uname.ts'
import { confText, parseConf, words } from '../vms/conf.ts'
import { listIfThere, readSetup, type Setup } from '../vms/read.ts'
import { type Image, type ImageState, type Library, type LibraryKind, nameOfPart } from './model.ts'

/** Directories of media: `.iso` and `.img` of vm_dir, and every datastore of these kinds. */
export function librariesOf(
  { vmDir, system }: Pick<Setup, 'vmDir' | 'system'>,
  datasets: readonly DatasetRow[],
): Library[] {
  if (vmDir === null) return []
  const conf = parseConf(system)
  const place = (datastore: string, kind: LibraryKind, path: string): Library => ({
    datastore,
    kind,
    path,
    availableBytes: roomAt(path, datasets),
  })
  return [
    place('default', 'iso', `${vmDir}/.iso`),
    place('default', 'img', `${vmDir}/.img`),
    ...words(confText(conf, 'datastore_list')).flatMap(name => {
      const [, kind, path = ''] = /^(iso|img):(\/.*?)\/*$/.exec(confText(conf, `path_${name}`)) ?? []
      return kind === 'iso' || kind === 'img' ? [place(name, kind, path)] : []
    }),
  ]
}

/** What the dataset with the longest mount point above a path has left. */
function roomAt(path: string, datasets: readonly DatasetRow[]): number | null {
  const above = datasets
    .filter(({ mounted, mountpoint }) => mounted && mountpoint !== null && isBelow(path, mountpoint))
    .sort((a, b) => (b.mountpoint?.length ?? 0) - (a.mountpoint?.length ?? 0))
  return above[0]?.availableBytes ?? null
}

function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`)
}

/** Where media are on this machine, and how much room there is. AppError of the host. */
export async function readLibraries(host: Host, datasets: readonly DatasetRow[]): Promise<Library[]> {
  // A machine of another system has storage alone.
  if ((await systemOf(host)) !== 'FreeBSD') return []
  return librariesOf(await readSetup(host), datasets)
}

/** What the beginnings of files said, as long as neither size nor time of them changes. */
const known = new WeakMap<Host, Map<string, { stamp: string; facts: ImageFacts }>>()
const MOST_KNOWN = 10_000

async function factsOf(host: Host, path: string, { sizeBytes, mtimeMs }: FileEntry): Promise<ImageFacts> {
  const ofHost = known.get(host) ?? new Map<string, { stamp: string; facts: ImageFacts }>()
  known.set(host, ofHost)
  const stamp = `${sizeBytes} ${mtimeMs}`
  const before = ofHost.get(path)
  if (before?.stamp === stamp) return before.facts
  const facts = imageFacts(await host.readBytes(path, 0, HEAD_BYTES))
  if (ofHost.size >= MOST_KNOWN) ofHost.clear()
  ofHost.set(path, { stamp, facts })
  return facts
}

const NOTHING_KNOWN: ImageFacts = { format: null, virtualBytes: null }

async function imagesIn(host: Host, library: Library): Promise<Image[]> {
  const { datastore, kind } = library
  const entries = (await listIfThere(host, library.path)).filter(each => each.type === 'file')
  return Promise.all(
    entries
      .map(entry => ({ entry, part: nameOfPart(entry.name) }))
      .filter(({ entry, part }) => part !== null || !entry.name.startsWith('.'))
      .map(async ({ entry, part }): Promise<Image> => {
        const path = `${library.path}/${entry.name}`
        // It may have gone meanwhile, or be nobody's to read: it is listed all the same.
        const facts =
          part === null
            ? await factsOf(host, path, entry).catch((error: unknown) => {
                if (error instanceof AppError && error.code !== 'unreachable' && error.code !== 'timeout')
                  return NOTHING_KNOWN
                throw error
              })
            : NOTHING_KNOWN
        const { sizeBytes, mtimeMs } = entry
        return {
          path,
          name: part ?? entry.name,
          datastore,
          kind,
          sizeBytes,
          mtimeMs,
          ...facts,
          isPart: part !== null,
        }
      }),
  )
}

/** Every medium and image, by library and name; a library whose directory is not there yet is an empty one. */
export async function readImages(host: Host, datasets: readonly DatasetRow[]): Promise<ImageState> {
  const libraries = await readLibraries(host, datasets)
  const [found, processes] = await Promise.all([
    Promise.all(libraries.map(each => imagesIn(host, each))),
    libraries.length === 0 ? [] : listProcesses(host),
  ])
  const images = found.flat()
  const paths = new Set(images.map(each => each.path))
  // `-s 3:0,ahci-cd,/vm/.iso/a.iso,ro`
  const opened = processes
    .filter(({ command }) => command === 'bhyve')
    .flatMap(({ pid, args }) =>
      args
        .split(/[ ,=]/)
        .filter(word => paths.has(word))
        .map(path => ({ pid, path })),
    )
  return { libraries, images, opened }
}
