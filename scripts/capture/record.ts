/** The golden cases on disk: what was asked, what came back, and whether it still does. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunResult } from '../../server/host/host.ts'
import { isSame } from './compare.ts'

export type Program = 'zfs' | 'zpool'
export type Verdict = 'same' | 'changed' | 'new'

/** Parts of a case and the ending of their files. A part that is empty (an exit of 0) has no file. */
const PARTS = { stdout: 'out', stderr: 'err', exit: 'rc' } as const

/** `server/host/golden/<program>/<version>/<name>.{cmd,out,err,rc}` of one version of OpenZFS. */
export class Golden {
  readonly verdicts = new Map<string, Verdict>()
  readonly #root: string
  readonly #version: string

  constructor(root: string, version: string) {
    this.#root = root
    this.#version = version
  }

  #file(program: Program, version: string, name: string, ending: string): string {
    return join(this.#root, program, version, `${name}.${ending}`)
  }

  #versions(program: Program): string[] {
    return readdirSync(join(this.#root, program)).filter(each => /^\d+\.\d+\.\d+$/.test(each))
  }

  /** What a case asks: as this version was asked, else as the newest that has the case. Null where none has it. */
  argvOf(program: Program, name: string): string[] | null {
    const newestFirst = this.#versions(program).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    for (const version of [this.#version, ...newestFirst]) {
      const file = this.#file(program, version, name, 'cmd')
      if (existsSync(file)) return readFileSync(file, 'utf8').split('\n').slice(0, -1)
    }
    return null
  }

  /** Which program's case a name is; null where no version has it. */
  programOf(name: string): Program | null {
    const programs: Program[] = ['zfs', 'zpool']
    return programs.find(program => this.argvOf(program, name) !== null) ?? null
  }

  /** Writes an answer down where it does not say what is written there. */
  keep(program: Program, name: string, argv: readonly string[], answer: RunResult): void {
    const file = (ending: string) => this.#file(program, this.#version, name, ending)
    const isNew = !existsSync(file('cmd'))
    const texts = {
      stdout: answer.stdout,
      stderr: answer.stderr,
      exit: answer.exit === 0 ? '' : `${answer.exit}\n`,
    }
    let isChanged = false
    mkdirSync(join(this.#root, program, this.#version), { recursive: true })
    for (const [part, ending] of Object.entries(PARTS) as ['stdout' | 'stderr' | 'exit', string][]) {
      const before = existsSync(file(ending)) ? readFileSync(file(ending), 'utf8') : ''
      if (part === 'exit' ? before.trim() === texts.exit.trim() : isSame(before, texts[part])) continue
      isChanged = true
      if (texts[part] === '') rmSync(file(ending), { force: true })
      else writeFileSync(file(ending), texts[part])
    }
    if (isNew) writeFileSync(file('cmd'), argv.map(word => `${word}\n`).join(''))
    this.verdicts.set(`${program}/${name}`, isNew ? 'new' : isChanged ? 'changed' : 'same')
  }

  /** Cases of this version that no scene has asked. */
  unasked(): string[] {
    const programs: Program[] = ['zfs', 'zpool']
    return programs.flatMap(program => {
      const directory = join(this.#root, program, this.#version)
      if (!existsSync(directory)) return []
      return readdirSync(directory)
        .filter(file => file.endsWith('.cmd'))
        .map(file => `${program}/${file.slice(0, -'.cmd'.length)}`)
        .filter(name => !this.verdicts.has(name))
        .sort()
    })
  }
}
