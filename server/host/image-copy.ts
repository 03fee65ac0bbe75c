/** A disk image onto a volume: dd(1) for a raw one, qemu-img(1) for what only QEMU reads. */
import type { Host } from './host.ts'
import type { ImageFormat } from './image-format.ts'

/** Formats that hold a disk, other than its plain bytes. */
const CONVERTED: readonly ImageFormat[] = ['qcow2', 'vmdk', 'vhdx', 'vdi']

/** `format` null: bytes that begin with nothing known, taken as they are. */
export function copyImageArgv(image: { path: string; format: ImageFormat | null }, device: string): string[] {
  const { path, format } = image
  if (format === null || !needsQemuImg(format)) return ['dd', 'bs=1m', `if=${path}`, `of=${device}`]
  // -n: the volume is there; -f: what the image is was looked at, and is not guessed a second time.
  return ['qemu-img', 'convert', '-n', '-f', format, '-O', 'raw', path, device]
}

export function needsQemuImg(format: ImageFormat | null): boolean {
  return format !== null && CONVERTED.includes(format)
}

/** Whether qemu-img is installed (emulators/qemu-tools). */
export async function hasQemuImg(host: Pick<Host, 'run'>): Promise<boolean> {
  return host.run(['qemu-img', '--version']).then(
    ({ exit }) => exit === 0,
    () => false,
  )
}
