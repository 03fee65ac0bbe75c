/** The tab-separated rows of `zfs … -Hp` and `zpool … -Hp`: one format on all versions. */
import { unreadable } from '../answer.ts'

/**
 * Rows of `zfs list|get -H`: as many fields as columns, a newline behind each row. A row with more or fewer fields (a
 * user property may hold tabs and newlines, zfsprops(7)) or a cut-off end throws `unreadable`.
 */
export function parseRows<const Columns extends readonly string[]>(
  command: string,
  columns: Columns,
  text: string,
  /** Columns that together name a row: none comes twice. */
  key: readonly Columns[number][] = [],
): Record<Columns[number], string>[] {
  if (text === '') return []
  if (!text.endsWith('\n')) throw unreadable(command, text, 'it breaks off within a row')
  const rows: Record<string, string>[] = []
  const seen = new Set<string>()
  for (const line of text.slice(0, -1).split('\n')) {
    const fields = line.split('\t')
    if (fields.length !== columns.length) {
      throw unreadable(
        command,
        text,
        `a row has ${fields.length} fields where ${columns.length} were asked for`,
      )
    }
    const row: Record<string, string> = {}
    columns.forEach((column, index) => {
      row[column] = fields[index] ?? ''
    })
    const name = key.map(column => row[column]).join('\t')
    if (key.length > 0 && seen.has(name)) throw unreadable(command, text, `“${name}” comes twice`)
    seen.add(name)
    rows.push(row)
  }
  return rows
}

/** Reads the fields of one row; every method throws `unreadable` where the field is not what it says. */
export class Fields<Column extends string> {
  readonly #command: string
  readonly #row: Record<Column, string>

  constructor(command: string, row: Record<Column, string>) {
    this.#command = command
    this.#row = row
  }

  text(column: Column): string {
    return this.#row[column]
  }

  /** Null where zfs prints "-" because the property does not apply. */
  textOrNull(column: Column): string | null {
    const value = this.#row[column]
    return value === '-' ? null : value
  }

  /** A whole number that fits a double exactly: sizes, times, counts. */
  number(column: Column): number {
    const value = this.#row[column]
    const number = Number(value)
    if (!/^(?:0|[1-9]\d{0,15})$/.test(value) || !Number.isSafeInteger(number)) throw this.#misfit(column)
    return number
  }

  numberOrNull(column: Column): number | null {
    return this.#row[column] === '-' ? null : this.number(column)
  }

  /** A 64-bit number kept as text: guids and txgs. */
  id(column: Column): string {
    const value = this.#row[column]
    if (!/^(?:0|[1-9]\d{0,19})$/.test(value)) throw this.#misfit(column)
    return value
  }

  /** "1.53" */
  ratio(column: Column): number {
    const value = this.#row[column]
    if (!/^(?:0|[1-9]\d{0,9})\.\d\d$/.test(value)) throw this.#misfit(column)
    return Number.parseFloat(value)
  }

  /** One of these words. */
  word<const Word extends string>(column: Column, words: readonly Word[]): Word {
    const value = this.#row[column]
    const word = words.find(known => known === value)
    if (word === undefined) throw this.#misfit(column)
    return word
  }

  /** Seconds of the host's clock as Unix milliseconds. */
  time(column: Column): number {
    const seconds = this.number(column)
    if (seconds > 8_640_000_000_000) throw this.#misfit(column)
    return seconds * 1000
  }

  check(column: Column, isRight: (value: string) => boolean): string {
    const value = this.#row[column]
    if (!isRight(value)) throw this.#misfit(column)
    return value
  }

  #misfit(column: Column): Error {
    const value = this.#row[column]
    const row = Object.values<string>(this.#row).join('\t')
    return unreadable(this.#command, row, `“${value.slice(0, 80)}” is no ${column}`)
  }
}
