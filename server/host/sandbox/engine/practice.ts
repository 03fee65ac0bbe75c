/**
 * The practice guest for the seed and for people: a program of our own (`practice/practice.asm`) that boots in about two
 * seconds, shows a skep with its disk's label, and keeps typed lines on its disk. Layout of the disk: the head of
 * the source; the first note is sector 128: `dd if=/dev/zvol/… bs=512 skip=128 count=1`.
 */
import { readFileSync } from 'node:fs'
import { isoImage } from './iso.ts'

const SECTOR = 512
const IDENTITY_LBA = 64
export const NOTES_LBA = 128
const LABEL_BYTES = 30

/** Colours of the picture, in the guest's own order; F5 steps through them. */
const PRACTICE_COLOURS = ['honey', 'moss', 'sky', 'heather', 'brick', 'slate'] as const
export type PracticeColour = (typeof PRACTICE_COLOURS)[number]

/**
 * Where things are in the guest's picture, for those who compare pixels. The skep looks the same at every boot of
 * guests of one colour; `line` is the line being typed, empty but for its caret when there is none.
 */
export const PRACTICE_SCREEN = {
  width: 1024,
  height: 768,
  paper: 0xf6f0df,
  skep: { x: 60, y: 40, width: 400, height: 420 },
  facts: { x: 490, y: 60, width: 490, height: 380 },
  notes: { x: 56, y: 486, width: 912, height: 180 },
  line: { x: 100, y: 664, width: 860, height: 36 },
  /** The last thing that is drawn, in one colour. */
  keys: { area: { x: 44, y: 734, width: 16, height: 16 }, colour: 0x9a9486 },
} as const

function program(): Buffer {
  return readFileSync(new URL('./practice/practice.bin', import.meta.url))
}

/**
 * What to write at the start of a disk (of at least 1 MiB) that shall boot as a practice guest. `label` is shown
 * large: up to 12 ASCII characters, smaller up to 30. `notes` are lines it already holds.
 */
export function practiceDisk(label: string, colour: PracticeColour = 'honey', notes: string[] = []): Buffer {
  const disk = Buffer.alloc((NOTES_LBA + notes.length) * SECTOR)
  program().copy(disk)
  const identity = disk.subarray(IDENTITY_LBA * SECTOR, (IDENTITY_LBA + 1) * SECTOR)
  identity.write('SKEPDISK\x01', 0, 'latin1')
  identity[9] = PRACTICE_COLOURS.indexOf(colour)
  identity.writeUInt32LE(notes.length, 16)
  identity.write(label.slice(0, LABEL_BYTES), 32, 'latin1')
  for (const [i, note] of notes.entries()) disk.write(note.slice(0, 54), (NOTES_LBA + i) * SECTOR, 'latin1')
  return disk
}

/** A CD that installs the practice guest on a blank first disk and runs on from there. */
export function practiceIso(): Buffer {
  const readme = [
    'The practice guest of a Skep sandbox.',
    '',
    'Booted on a machine whose first disk is blank, it installs itself there.',
    'Its notebook keeps each line in a sector of its own; the first is sector 128.',
    '',
  ]
  return isoImage({
    volume: 'SKEP_PRACTICE',
    boot: program(),
    files: [{ name: 'README.TXT', data: Buffer.from(readme.join('\r\n')) }],
  })
}
