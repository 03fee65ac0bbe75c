/** Tells a story to a machine and keeps what it answered. */
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../../errors.ts'
import type { Host, RunResult } from '../host.ts'
import { shellText } from '../shell-text.ts'
import { zfsRecognisers } from '../zfs/errors.ts'
import { zpoolRecognisers } from '../zpool/errors.ts'
import { direct, isFarReaching, release } from './directions.testing.ts'
import { QUESTIONS } from './questions.testing.ts'
import { dangerOf, FILES, NO_POOL, POOLS, type Step } from './story.testing.ts'

export type Run = { argv: string[]; exit: number | null; stdout: string; stderr: string }

/** What came of a step: every program that ran, and what Skep understood. */
export type Told = { step: Step; runs: Run[]; facts: unknown }

const DEADLINE_MS = 120_000
const PATIENCE = 20
const BETWEEN_MS = 500
/** Set on the root of every pool the suite makes; a pool without it is never touched. */
const MARK = 'org.skep:contract'

async function tell(host: Host, steps: readonly Step[]): Promise<Told[]> {
  for (const step of steps) {
    const danger = dangerOf(step)
    if (danger !== null) throw new Error(`${step.text}: ${danger}`)
  }
  const told: Told[] = []
  for (const step of steps) told.push(await tellStep(host, step))
  return told
}

async function tellStep(host: Host, step: Step): Promise<Told> {
  const runs: Run[] = []
  const keeping: Host = {
    ...host,
    run: async (argv, options) => {
      const result = await host.run(argv, { timeoutMs: DEADLINE_MS, ...options })
      runs.push(kept(argv, result))
      return result
    },
  }
  if (step.question) return { step, runs, facts: await ask(keeping, step.question) }
  if (step.direction !== null) {
    await direct(host, step.direction)
    return { step, runs, facts: null }
  }
  const run = await runPipe(host, step)
  return { step, runs: [run], facts: run.exit === 0 ? null : understood(run) }
}

/** The facts a tool returns, or the error it throws. Shared with recordings, which are hosts too. */
export async function ask(host: Host, question: readonly string[]): Promise<unknown> {
  const [name = '', ...words] = question
  const tool = QUESTIONS[name]
  if (!tool) throw new Error(`no tool “${name}”`)
  try {
    return await tool(host, words)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

function kept(argv: readonly string[], { exit, stdout, stderr }: RunResult): Run {
  return { argv: [...argv], exit, stdout, stderr }
}

/** The programs of a pipe; on a real machine its own shell joins them, for streams are bytes. */
async function runPipe(host: Host, step: Step): Promise<Run> {
  const commands = await Promise.all(
    step.commands.map(async words => marked(await Promise.all(words.map(word => filledIn(host, word))))),
  )
  const options = { timeoutMs: DEADLINE_MS, ...(step.stdin === null ? {} : { stdin: step.stdin }) }
  const [only = [], ...more] = commands
  if (more.length === 0) return kept(step.commands[0] ?? [], await host.run(only, options))
  const argv = step.commands.at(-1) ?? []
  if (host.kind !== 'sandbox') {
    return kept(argv, await host.run(['sh', '-c', commands.map(shellText).join(' | ')], options))
  }
  let last: RunResult = { exit: 0, stdout: step.stdin ?? '', stderr: '' }
  let stderr = ''
  for (const command of commands) {
    last = await host.run(command, { ...options, stdin: last.stdout })
    stderr += last.stderr
  }
  return kept(argv, { ...last, stderr })
}

/** A word with the token of a stream that was broken off. */
async function filledIn(host: Host, word: string): Promise<string> {
  const dataset = /^\{token:(.+)\}$/.exec(word)?.[1]
  if (dataset === undefined) return word
  const argv = ['zfs', 'get', '-H', '-o', 'value', 'receive_resume_token', dataset]
  const { stdout } = await host.run(argv, { timeoutMs: DEADLINE_MS })
  return stdout.trim() || '-'
}

/** A pool a story makes bears the mark, and keeps every byte it is given. */
function marked(argv: readonly string[]): string[] {
  const [program, verb, ...words] = argv
  if (program !== 'zpool' || verb !== 'create') return [...argv]
  return ['zpool', 'create', '-O', `${MARK}=throwaway`, '-O', 'compression=off', ...words]
}

/** What Skep makes of a refusal, given the names on the command line. */
export function understood(run: Run): AppError | null {
  const words = run.argv.slice(2)
  const snapshots = words
    .filter(word => word.includes('@'))
    .flatMap(word => (word.split('@')[1] ?? '').split(',').map(tag => `${word.split('@')[0]}@${tag}`))
  const owners = words.map(word => word.split(/[@#]/)[0] ?? '')
  const parents = words.map(word => word.replace(/\/[^/]*$/, ''))
  const own = [...words, ...snapshots, ...owners, ...parents]
  const names = own.filter(word => /^[^-]/.test(word) && !word.includes('='))
  const isWide = words.some(word => /^-[a-z]*[rR]/.test(word) || word.includes('%'))
  const recognisers =
    run.argv[0] === 'zpool'
      ? zpoolRecognisers(words.find(word => [...POOLS, NO_POOL].includes(word)) ?? null, words)
      : zfsRecognisers({ names, below: isWide ? names : [] })
  return recognisers.map(recognise => recognise(run.stderr)).find(error => error !== null) ?? null
}

/** The pool most stories play in, on a file of its own. */
const STAGE = 'ct'
const PLACE = `${STAGE}/s`

async function must(host: Host, argv: string[]): Promise<string> {
  const result = await host.run(argv, { timeoutMs: DEADLINE_MS })
  if (result.exit !== 0) throw new Error(`${argv.join(' ')}: ${result.stderr}`)
  return result.stdout
}

/** Something of the system may still look at a mount that has just appeared: it is asked again for a while. */
async function destroyPool(host: Host, pool: string): Promise<void> {
  for (let left = PATIENCE; ; left--) {
    const result = await host.run(['zpool', 'destroy', '-f', pool], { timeoutMs: DEADLINE_MS })
    if (result.exit === 0) return
    if (left === 0) throw new Error(`${pool} cannot be destroyed: ${result.stderr}`)
    await pause(BETWEEN_MS)
  }
}

/** Destroys what a story left behind: pools of its names that bear the mark. Another pool of that name stops everything. */
async function strike(host: Host): Promise<void> {
  const there = (await must(host, ['zpool', 'list', '-H', '-o', 'name']))
    .split('\n')
    .filter(name => name !== '')
  for (const pool of there.filter(name => [...POOLS, NO_POOL].includes(name))) {
    const mark = await host.run(['zfs', 'get', '-H', '-o', 'value', MARK, pool], { timeoutMs: DEADLINE_MS })
    const isOwn = mark.stdout === 'throwaway\n'
    if (!isOwn) throw new Error(`the pool ${pool} is not the suite's own: it stays`)
    await destroyPool(host, pool)
  }
}

/** Room for a story: `ct/s` in a pool of the suite, or only fresh files for pools the story makes itself. */
async function stage(host: Host, steps: readonly Step[]): Promise<void> {
  await host.mkdir(FILES)
  const pools = await must(host, ['zpool', 'list', '-H', '-o', 'name'])
  const isStanding = pools.split('\n').includes(STAGE)
  // A destroyed pool can still be read from its files: none of an earlier story stays.
  for (const { name } of await host.list(FILES)) {
    if (name !== 'stage' || !isStanding) await host.remove(`${FILES}/${name}`)
  }
  const files = new Set(steps.flatMap(step => step.text.match(/\/var\/tmp\/ct\/\d\b/g) ?? []))
  for (const file of files) await must(host, ['truncate', '-s', '128M', file])
  if (!steps.some(step => step.text.includes(PLACE))) return
  if (!isStanding) {
    await must(host, ['truncate', '-s', '1G', `${FILES}/stage`])
    await must(host, marked(['zpool', 'create', STAGE, `${FILES}/stage`]))
  }
  await must(host, ['zfs', 'create', PLACE])
}

/** After a story: its datasets go, its pools too; where that fails, the whole stage. */
async function clear(host: Host, steps: readonly Step[]): Promise<void> {
  if (isFarReaching(steps)) await release(host)
  const isOnStage = steps.some(step => step.text.includes(PLACE))
  const isPoolMade = steps.some(step => step.text.startsWith('zpool create'))
  if (isOnStage && !isPoolMade) {
    const gone = await host.run(['zfs', 'destroy', '-R', PLACE], { timeoutMs: DEADLINE_MS })
    if (gone.exit === 0) return
  }
  await strike(host)
}

/** A story from the raising of the curtain to the swept stage. */
export async function play(host: Host, steps: readonly Step[]): Promise<Told[]> {
  await stage(host, steps)
  try {
    return await tell(host, steps)
  } finally {
    await clear(host, steps)
  }
}

/** Whether the machine has pools that are not of the suite: then it must be told nothing far-reaching. */
export async function hasOthers(host: Host): Promise<boolean> {
  const names = (await must(host, ['zpool', 'list', '-H', '-o', 'name'])).split('\n')
  return names.some(name => name !== '' && !POOLS.includes(name))
}

/** Everything away. */
export async function leave(host: Host): Promise<void> {
  await strike(host)
  for (const entry of await host.list(FILES).catch(() => [])) await host.remove(`${FILES}/${entry.name}`)
  await host.remove(FILES)
}
