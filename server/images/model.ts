/** Install media and disk images of a machine: vm-bhyve's libraries `.iso` and `.img`. */
import type { ImageFormat } from '../host/image-format.ts'
import type { Vm } from '../vms/model.ts'

/** `iso`: what guests are installed from (`vm iso`). `img`: disks to begin with (`vm img`). */
export type LibraryKind = 'iso' | 'img'

export type Library = {
  /** `default` for the ones of vm_dir. */
  datastore: string
  kind: LibraryKind
  path: string
  /** Room for more; null where nobody tells. */
  availableBytes: number | null
}

export type Image = {
  path: string
  /** Without the mark that an unfinished one has. */
  name: string
  datastore: string
  kind: LibraryKind
  sizeBytes: number
  mtimeMs: number
  format: ImageFormat | null
  virtualBytes: number | null
  /** An upload or a download that was cut short: it goes on where it stopped. */
  isPart: boolean
}

/** Which guest has it, and how: a disk of its conf, or a device of the bhyve that runs. */
type ImageUser = { vm: string; how: 'disk' | 'running' }

export type ImageRow = Image & { users: ImageUser[] }

export type ImageState = {
  libraries: Library[]
  images: Image[]
  /** Images that a running bhyve has in its command line. */
  opened: { pid: number; path: string }[]
}

/** A file that is still on its way: `.NAME.MARK.part`, where the mark tells two files of one name apart. */
export function partName(name: string, mark: string): string {
  return `.${name}.${mark}.part`
}

const PART = /^\.(.+)\.[0-9a-f]{8}\.part$/

/** The name it will have, null for a file that is no part. */
export function nameOfPart(file: string): string | null {
  return PART.exec(file)?.[1] ?? null
}

/** Longest name whose part still fits into a directory entry. */
const LONGEST_NAME = 200

/** Why a medium cannot be called that; null when it can. bhyve's options end at a comma, and vm-bhyve's lists at a blank. */
export function whyBadImageName(name: string): string | null {
  if (name === '') return 'Give it a name.'
  if (new TextEncoder().encode(name).length > LONGEST_NAME) return `A name has ${LONGEST_NAME} bytes at most.`
  if (/^[.-]/.test(name)) return 'A name does not begin with a dot or a dash.'
  if (/[^A-Za-z0-9._+@=~-]/.test(name))
    return 'A name has letters, digits and . _ + @ = ~ - only: bhyve reads anything else as a part of its options.'
  return null
}

/** What a browser's own name of a file becomes. */
export function cleanedName(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._+@=~-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, LONGEST_NAME)
}

/** The library that a file of this name belongs to. */
export function kindOfName(name: string): LibraryKind {
  return /\.iso(\.(xz|gz|zst|bz2))?$/i.test(name) ? 'iso' : 'img'
}

/** Who uses an image: by the disks of confs, and by the command line of each bhyve that runs. */
function usersOfImage(path: string, vms: readonly Vm[], opened: ImageState['opened']): ImageUser[] {
  return vms.flatMap(({ name, pid, disks }): ImageUser[] => {
    if (opened.some(each => each.pid === pid && each.path === path)) return [{ vm: name, how: 'running' }]
    return disks.some(disk => disk.path === path) ? [{ vm: name, how: 'disk' }] : []
  })
}

export function imageRows({ images, opened }: ImageState, vms: readonly Vm[]): ImageRow[] {
  return images.map(image => ({ ...image, users: usersOfImage(image.path, vms, opened) }))
}
