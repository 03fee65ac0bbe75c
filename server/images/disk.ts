/** What a disk can begin with. Pure. */
import { PACKED } from '../host/image-format.ts'
import { type Image, kindOfName } from './model.ts'

/** Size of the disk in an image; null where the file does not tell. */
export function diskBytesOf({ format, virtualBytes, sizeBytes }: Image): number | null {
  return format === null || format === 'raw' ? sizeBytes : virtualBytes
}

/** Why no disk can begin with it; null when one can. */
export function whyNoDisk({ format, isPart, name }: Image): string | null {
  if (isPart) return `${name} is not complete.`
  if (format === 'iso' || kindOfName(name) === 'iso')
    return `${name} is an install medium: put it into the drive.`
  return format !== null && PACKED.includes(format)
    ? `${name} is packed with ${format}: unpack it first.`
    : null
}
