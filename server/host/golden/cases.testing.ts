/** The cases of `server/host/golden/<program>/<version>/`: what a real program was asked and answered. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export type GoldenCase = {
  /** `2.4.4/fs.list-Hp` */
  name: string
  argv: string[]
  exit: number
  stdout: string
  stderr: string
}

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** Every case of a program, or of one of its versions, by name. A case without `.rc` ended with 0. */
export function goldenCases(directory: string): GoldenCase[] {
  return readdirSync(HERE + directory, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.cmd'))
    .sort()
    .map(file => {
      const base = `${HERE}${directory}/${file.slice(0, -'.cmd'.length)}`
      return {
        name: file.slice(0, -'.cmd'.length),
        argv: text(`${base}.cmd`).split('\n').slice(0, -1),
        exit: Number(text(`${base}.rc`) || '0'),
        stdout: text(`${base}.out`),
        stderr: text(`${base}.err`),
      }
    })
}

function text(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** Where the facts of a program's cases are written down. */
export function factsFile(directory: string, name: string): string {
  return `${HERE}${directory}/${name}.json`
}

/** Rows printed with one set of columns as another set would have printed them; `fill` has the columns not printed. */
export function reshape(
  rows: string,
  from: readonly string[],
  to: readonly string[],
  fill: Readonly<Record<string, string>> = {},
): string {
  return rows
    .split('\n')
    .slice(0, -1)
    .map(line => {
      const fields = line.split('\t')
      return `${to.map(column => fields[from.indexOf(column)] ?? fill[column] ?? '-').join('\t')}\n`
    })
    .join('')
}
