/** What bringing a medium onto a machine, and destroying one, will do, or why not. Pure: facts in, plan out. */
import { createHash } from 'node:crypto'
import { inBinary } from '../datasets/plan.ts'
import { counted, inWords } from '../datasets/users.ts'
import { fetchArgv } from '../host/fetch.ts'
import type { FileEntry } from '../host/host.ts'
import { sha256Argv } from '../host/sha256.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import type { FetchInput, UploadInput } from './input.ts'
import { type ImageRow, type Library, partName, whyBadImageName } from './model.ts'

/** What a plan of an arrival stands on. */
export type PlaceFacts = {
  library: Library | null
  /** The library's directory is there. */
  hasDirectory: boolean
  /** What has the name already, and what an earlier attempt has left of this very file. */
  final: FileEntry | null
  part: FileEntry | null
  /** A fetch(1) that still writes the part. */
  busyPid: number | null
}

/** What `run` and `settle` need to know of it. */
export type ArrivalFacts = {
  directory: string
  part: string
  path: string
  /** Null where the server does not tell. */
  totalBytes: number | null
  sha256: string | null
}

export function isArrival(facts: unknown): facts is ArrivalFacts {
  return typeof facts === 'object' && facts !== null && 'part' in facts && 'totalBytes' in facts
}

/** Tells the parts of two files that are to have one name from one another. */
function markOf(...parts: readonly (string | number | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8)
}

/** A browser tells its file by size and time; a part of another one must never be gone on with. */
export function uploadPart({ name, sizeBytes, lastModified }: UploadInput): string {
  return partName(name, markOf('upload', sizeBytes, lastModified))
}

export function fetchPart({ name, url }: FetchInput, totalBytes: number | null): string {
  return partName(name, markOf('fetch', url, totalBytes))
}

function no(code: Refusal['code'], message: string, field: string | null, next?: string): Refusal {
  return { code, message, detail: { ...(field !== null && { field }), ...(next !== undefined && { next }) } }
}

type Arrival = {
  action: string
  title: string
  input: Pick<UploadInput, 'name' | 'datastore' | 'kind' | 'sha256'>
  part: string
  totalBytes: number | null
  /** The step in which it comes. */
  bring: (part: string, arrivedBytes: number) => Step
  warnings?: string[]
}

function planArrival(arrival: Arrival, facts: PlaceFacts): Plan {
  const { action, title, input, totalBytes, bring, warnings = [] } = arrival
  const { library, hasDirectory, part } = facts
  const refused = arrivalProblem(arrival, facts)
  if (refused || !library)
    return refusedPlan(action, title, refused ?? no('not_found', 'There is no such library.', 'datastore'))
  const path = `${library.path}/${input.name}`
  const partPath = `${library.path}/${arrival.part}`
  const arrived = part?.sizeBytes ?? 0
  const isWhole = totalBytes !== null && arrived === totalBytes
  const steps: Step[] = [
    ...(hasDirectory
      ? []
      : [{ title: `Make the directory ${library.path}`, note: `mkdir -p ${library.path}` }]),
    ...(isWhole ? [] : [bring(partPath, arrived)]),
    ...(input.sha256 === null
      ? []
      : [{ title: `Compare its SHA-256 with ${input.sha256.toLowerCase()}`, argv: sha256Argv(partPath) }]),
    {
      title: `Give it the name ${input.name}`,
      note: `mv ${partPath} ${path}, unless something has that name`,
    },
  ]
  return withDigest({
    action,
    title,
    steps,
    victims: [],
    warnings,
    locks: [`image:${path}`],
    facts: {
      directory: library.path,
      part: partPath,
      path,
      totalBytes,
      sha256: input.sha256?.toLowerCase() ?? null,
    } satisfies ArrivalFacts,
  })
}

function arrivalProblem({ input, totalBytes }: Arrival, facts: PlaceFacts): Refusal | null {
  const bad = whyBadImageName(input.name)
  if (bad) return no('invalid', bad, 'name')
  const { library, final, part, busyPid } = facts
  if (!library) return no('not_found', `There is no library ${input.datastore}.`, 'datastore')
  if (final)
    return no('exists', `${library.path}/${input.name} is there already.`, 'name', 'Choose another name.')
  if (busyPid !== null)
    return no(
      'in_use',
      `A fetch of it that nobody waits for any more still runs: process ${busyPid}.`,
      null,
      'Wait for its end, or end it on the host.',
    )
  const room = library.availableBytes
  const missing = totalBytes === null ? null : totalBytes - (part?.sizeBytes ?? 0)
  if (room !== null && missing !== null && missing > room)
    return no(
      'no_space',
      `${library.path} has room for ${inBinary(room)}, and ${inBinary(missing)} are still to come.`,
      'datastore',
      'Free room first, or choose another library.',
    )
  return null
}

const soFar = (arrivedBytes: number): string =>
  arrivedBytes === 0 ? '' : `; ${arrivedBytes.toLocaleString('en')} bytes are there from an earlier attempt`

export function planUpload(input: UploadInput, facts: PlaceFacts): Plan {
  const { name, sizeBytes } = input
  return planArrival(
    {
      action: 'images.upload',
      title: `Upload ${name}`,
      input,
      part: uploadPart(input),
      totalBytes: sizeBytes,
      bring: (part, arrived) => ({
        title: `Receive ${inBinary(sizeBytes)} from this browser`,
        note: `In pieces, into ${part}${soFar(arrived)}. What has arrived stays when the connection is cut`,
      }),
    },
    facts,
  )
}

/** `totalBytes`: what the server says; a problem of asking it is a refusal at the address. */
export function planFetch(
  input: FetchInput,
  facts: PlaceFacts & { totalBytes: number | null; problem: Refusal | null },
): Plan {
  const { name, url } = input
  const title = `Fetch ${name}`
  const refused = urlProblem(url) ?? facts.problem
  if (refused) return refusedPlan('images.fetch', title, refused)
  const { totalBytes } = facts
  return planArrival(
    {
      action: 'images.fetch',
      title,
      input,
      part: fetchPart(input, totalBytes),
      totalBytes,
      bring: (part, arrived) => ({
        title: `Fetch ${totalBytes === null ? 'it' : inBinary(totalBytes)} from ${new URL(url).host}`,
        argv: fetchArgv(url, part),
        ...(arrived > 0 && { note: `Goes on${soFar(arrived)}` }),
      }),
      warnings: [
        ...(totalBytes === null
          ? ['The server does not tell its size: whether there is room enough shows only on the way.']
          : []),
        ...(input.sha256 === null && url.startsWith('http:')
          ? ['It comes over plain HTTP and is compared with nothing: anybody on the way could change it.']
          : []),
      ],
    },
    facts,
  )
}

/** fetch(1) shows its address to everybody who may see processes, and Skep keeps it in the task. */
export function urlProblem(text: string): Refusal | null {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || text !== text.trim())
    return no('invalid', 'An address begins with https:// or http://.', 'url')
  if (url.username !== '' || url.password !== '')
    return no(
      'refused',
      'The address holds a password: it would stand in the list of processes and in the log.',
      'url',
      'Upload the file from your browser in its place.',
    )
  return null
}

/** A thing of the same name that was put in its place since is another one. Whole seconds: sftp knows no finer. */
export function stampOf({ sizeBytes, mtimeMs }: Pick<FileEntry, 'sizeBytes' | 'mtimeMs'>): string {
  return `${sizeBytes} bytes of ${new Date(Math.floor(mtimeMs / 1000) * 1000).toISOString()}`
}

export type DestroyFacts = { stamp: string; path: string }

export function isDestroy(facts: unknown): facts is DestroyFacts {
  return typeof facts === 'object' && facts !== null && 'stamp' in facts && 'path' in facts
}

export function planDestroy(path: string, image: ImageRow | null): Plan {
  const name = image?.name ?? path.slice(path.lastIndexOf('/') + 1)
  const title = image?.isPart ? `Destroy what has arrived of ${name}` : `Destroy ${name}`
  if (!image)
    return refusedPlan('images.destroy', title, no('not_found', `There is no medium ${path}.`, null))
  if (image.users.length > 0) {
    const users = image.users.map(({ vm, how }) => (how === 'running' ? `${vm}, which runs with it` : vm))
    return refusedPlan('images.destroy', title, {
      code: 'in_use',
      message: `${name} belongs to ${counted(users.length, 'guest')}: ${inWords(users)}.`,
      detail: { names: image.users.map(each => each.vm), next: 'Take it out of the guest first.' },
    })
  }
  return withDigest({
    action: 'images.destroy',
    title,
    steps: [{ title: `Remove the file ${path}`, note: `rm ${path} (${stampOf(image)})` }],
    victims: [{ kind: 'file', name: path, bytes: image.sizeBytes }],
    warnings: [],
    locks: [`image:${path}`],
    freedBytes: image.sizeBytes,
    facts: { path, stamp: stampOf(image) } satisfies DestroyFacts,
  })
}
