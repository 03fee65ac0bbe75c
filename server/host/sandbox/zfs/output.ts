/** Columns, and the results verbs give. */
import type { ProgramResult } from '../programs.ts'
import { usageOf } from './usage.ts'

export type Column = { title: string; right: boolean; minimum?: number }

/** Rows under a heading, two blanks between columns, the last left-aligned one not padded. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, at) =>
    rows.reduce(
      (width, row) => Math.max(width, length(row[at] ?? '')),
      Math.max(column.title.length, column.minimum ?? 0),
    ),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => {
        const room = (widths[at] ?? 0) - length(cell)
        if (columns[at]?.right) return ' '.repeat(Math.max(0, room)) + cell
        return at === cells.length - 1 ? cell : cell + ' '.repeat(Math.max(0, room))
      })
      .join('  ')
  return [line(columns.map(each => each.title)), ...rows.map(line)].map(each => `${each}\n`).join('')
}

/** zfs pads by bytes. */
function length(text: string): number {
  return Buffer.byteLength(text)
}

/** With `-H`: tabs. */
export function plain(rows: readonly (readonly string[])[]): string {
  return rows.map(row => `${row.join('\t')}\n`).join('')
}

/** Exit 2: a complaint and the verb's usage. */
export function misuse(verb: string, complaint?: string): ProgramResult {
  return { exit: 2, stdout: '', stderr: `${complaint === undefined ? '' : `${complaint}\n`}${usageOf(verb)}` }
}

export function cannotOpen(name: string, why: string, exit = 1): ProgramResult {
  return { exit, stdout: '', stderr: `cannot open '${name}': ${why}\n` }
}

export function refused(line: string, exit = 1): ProgramResult {
  return { exit, stdout: '', stderr: `${line}\n` }
}
