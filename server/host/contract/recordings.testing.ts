/**
 * What real OpenZFS answered to the stories, a file a theme and version below `golden/contract/`. Its lines:
 * `# name` of a scenario, `$ step`, `? step` or `- step`, `% argv` a program Skep's tool ran, `> ` and `! ` what came on standard
 * output and error, `= status` where it was not 0. A `\` ends a text that has no newline at its end.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { shellText } from '../shell-text.ts'
import type { Run, Told } from './run.testing.ts'
import { StandIns } from './stand-ins.testing.ts'

const GOLDEN = path.join(import.meta.dirname, '../golden/contract')

type RecordedRun = { command: string; exit: number; stdout: string; stderr: string }
export type RecordedStep = { text: string; runs: RecordedRun[] }
/** Name of a scenario to its steps. */
export type Recording = Map<string, RecordedStep[]>

export function recordedVersions(): string[] {
  return existsSync(GOLDEN) ? readdirSync(GOLDEN).sort() : []
}

/** What a run looks like when it is written down: with stand-ins for what no two runs share. */
export function settled(told: readonly Told[]): RecordedStep[] {
  const standIns = new StandIns()
  const settle = ({ argv, exit, stdout, stderr }: Run): RecordedRun => ({
    command: shellText(argv),
    exit: exit ?? -1,
    stdout: standIns.settle(argv, stdout),
    stderr: standIns.settle(argv, stderr),
  })
  return told.map(({ step, runs }) => ({ text: step.text, runs: runs.map(settle) }))
}

function lines(mark: string, text: string): string[] {
  if (text === '') return []
  const parts = text.split('\n')
  const last = parts.pop() ?? ''
  return [...parts.map(part => `${mark} ${part}`), ...(last === '' ? [] : [`${mark} ${last}\\`])]
}

function recordingText(recording: Recording): string {
  const out: string[] = []
  for (const [name, steps] of recording) {
    out.push(`# ${name}`)
    for (const { text, runs } of steps) {
      out.push(/^[?-] /.test(text) ? text : `$ ${text}`)
      for (const run of runs) {
        if (text.startsWith('? ')) out.push(`% ${run.command}`)
        out.push(...lines('>', run.stdout), ...lines('!', run.stderr))
        if (run.exit !== 0) out.push(`= ${run.exit}`)
      }
    }
    out.push('')
  }
  return `${out.join('\n')}`
}

function parseRecording(text: string): Recording {
  const recording: Recording = new Map()
  let steps: RecordedStep[] = []
  const run = (): RecordedRun => {
    const found = steps.at(-1)?.runs.at(-1)
    if (!found) throw new Error('an answer without a question')
    return found
  }
  for (const line of text.split('\n')) {
    const [mark, rest] = [line.slice(0, 2), line.slice(2)]
    const piece = rest.endsWith('\\') ? rest.slice(0, -1) : `${rest}\n`
    if (mark === '# ') {
      steps = []
      recording.set(rest, steps)
    } else if (mark === '$ ')
      steps.push({ text: rest, runs: [{ command: rest, exit: 0, stdout: '', stderr: '' }] })
    else if (mark === '? ' || mark === '- ') steps.push({ text: line, runs: [] })
    else if (mark === '% ') steps.at(-1)?.runs.push({ command: rest, exit: 0, stdout: '', stderr: '' })
    else if (mark === '> ') run().stdout += piece
    else if (mark === '! ') run().stderr += piece
    else if (mark === '= ') run().exit = Number(rest)
    else if (line !== '') throw new Error(`no line of a recording: ${line}`)
  }
  return recording
}

export function readRecording(version: string, theme: string): Recording {
  const file = path.join(GOLDEN, version, `${theme}.txt`)
  return existsSync(file) ? parseRecording(readFileSync(file, 'utf8')) : new Map()
}

export function writeRecording(version: string, theme: string, recording: Recording): void {
  mkdirSync(path.join(GOLDEN, version), { recursive: true })
  writeFileSync(path.join(GOLDEN, version, `${theme}.txt`), recordingText(recording))
}
