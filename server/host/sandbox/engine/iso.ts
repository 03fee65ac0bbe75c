/** A small ISO 9660 image that boots (El Torito, no emulation): enough for one program and a few files in its root. */

const SECTOR = 2048
/** The fixed head: 16 system sectors, three descriptors, boot catalogue, two path tables, root directory. */
const LBA = {
  primary: 16,
  boot: 17,
  end: 18,
  catalogue: 19,
  pathLittle: 20,
  pathBig: 21,
  root: 22,
  data: 23,
} as const

type IsoFile = { name: string; data: Buffer }
export type IsoOptions = {
  /** Volume label, d-characters (A-Z, 0-9, _), at most 32. */
  volume: string
  /** What the BIOS loads whole at 07C00h and jumps to; null: it does not boot. */
  boot: Buffer | null
  /** Names as ISO 9660 level 1 wants them: `README.TXT`. */
  files: IsoFile[]
}

/** The bytes of the image; the same input gives the same bytes. */
export function isoImage({ volume, boot, files }: IsoOptions): Buffer {
  const placed: { name: string; data: Buffer; lba: number }[] = []
  let next: number = LBA.data
  for (const file of [...(boot ? [{ name: 'BOOT.BIN', data: boot }] : []), ...files]) {
    placed.push({ ...file, lba: next })
    next += sectorsOf(file.data.length)
  }
  const image = Buffer.alloc(next * SECTOR)
  primaryDescriptor(volume, next).copy(image, LBA.primary * SECTOR)
  if (boot) bootRecord().copy(image, LBA.boot * SECTOR)
  else descriptor(255).copy(image, LBA.boot * SECTOR)
  descriptor(255).copy(image, LBA.end * SECTOR)
  if (boot) bootCatalogue(boot.length).copy(image, LBA.catalogue * SECTOR)
  pathTable('little').copy(image, LBA.pathLittle * SECTOR)
  pathTable('big').copy(image, LBA.pathBig * SECTOR)
  rootDirectory(placed).copy(image, LBA.root * SECTOR)
  for (const file of placed) file.data.copy(image, file.lba * SECTOR)
  return image
}

function sectorsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / SECTOR))
}

function descriptor(type: number): Buffer {
  const sector = Buffer.alloc(SECTOR)
  sector[0] = type
  sector.write('CD001', 1, 'latin1')
  sector[6] = 1
  return sector
}

/** Numbers of ISO 9660 are written twice, little-endian and big-endian. */
function both16(target: Buffer, at: number, value: number): void {
  target.writeUInt16LE(value, at)
  target.writeUInt16BE(value, at + 2)
}

function both32(target: Buffer, at: number, value: number): void {
  target.writeUInt32LE(value, at)
  target.writeUInt32BE(value, at + 4)
}

function primaryDescriptor(volume: string, sectors: number): Buffer {
  const d = descriptor(1)
  d.fill(' ', 8, 72)
  d.write(volume.padEnd(32).slice(0, 32), 40, 'latin1')
  both32(d, 80, sectors)
  both16(d, 120, 1)
  both16(d, 124, 1)
  both16(d, 128, SECTOR)
  both32(d, 132, 10)
  d.writeUInt32LE(LBA.pathLittle, 140)
  d.writeUInt32BE(LBA.pathBig, 148)
  directoryRecord('\0', LBA.root, SECTOR, true).copy(d, 156)
  d.fill(' ', 190, 813)
  // Four dates: "0000…" means not given.
  for (const at of [813, 830, 847, 864]) d.write('0'.repeat(16), at, 'latin1')
  d[881] = 1
  return d
}

function bootRecord(): Buffer {
  const d = descriptor(0)
  d.write('EL TORITO SPECIFICATION', 7, 'latin1')
  d.writeUInt32LE(LBA.catalogue, 71)
  return d
}

function bootCatalogue(bootBytes: number): Buffer {
  const d = Buffer.alloc(SECTOR)
  d[0] = 1
  d[30] = 0x55
  d[31] = 0xaa
  // The 16-bit words of the validation entry must add up to zero.
  let sum = 0
  for (let at = 0; at < 32; at += 2) sum += d.readUInt16LE(at)
  d.writeUInt16LE(-sum & 0xffff, 28)
  d[32] = 0x88
  d.writeUInt16LE(Math.ceil(bootBytes / 512), 38)
  d.writeUInt32LE(LBA.data, 40)
  return d
}

function pathTable(order: 'little' | 'big'): Buffer {
  const d = Buffer.alloc(10)
  d[0] = 1
  if (order === 'little') d.writeUInt32LE(LBA.root, 2)
  else d.writeUInt32BE(LBA.root, 2)
  if (order === 'little') d.writeUInt16LE(1, 6)
  else d.writeUInt16BE(1, 6)
  return d
}

function rootDirectory(files: { name: string; data: Buffer; lba: number }[]): Buffer {
  const records = [
    directoryRecord('\0', LBA.root, SECTOR, true),
    directoryRecord('\x01', LBA.root, SECTOR, true),
    ...files
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(file => directoryRecord(`${file.name};1`, file.lba, file.data.length, false)),
  ]
  return Buffer.concat([...records, Buffer.alloc(SECTOR)], SECTOR)
}

function directoryRecord(name: string, lba: number, bytes: number, directory: boolean): Buffer {
  const length = 33 + name.length + ((name.length + 1) % 2)
  const d = Buffer.alloc(length)
  d[0] = length
  both32(d, 2, lba)
  both32(d, 10, bytes)
  // 1 January 2026, midnight UTC.
  d.set([126, 1, 1, 0, 0, 0, 0], 18)
  d[25] = directory ? 2 : 0
  both16(d, 28, 1)
  d[32] = name.length
  d.write(name, 33, 'latin1')
  return d
}
