/** Verbs on media: bringing one onto the machine, and destroying one. */
import { type ActionContext, defineAction, type PlanContext } from '../action.ts'
import { inBinary } from '../datasets/plan.ts'
import { asAppError, withWords } from '../datasets/steps.ts'
import { AppError, isUnheard } from '../errors.ts'
import { runOrThrow } from '../host/answer.ts'
import { fetchArgv, fetchSize } from '../host/fetch.ts'
import { followed } from '../host/follow.ts'
import type { FileEntry } from '../host/host.ts'
import { listProcesses, type Process } from '../host/ps.ts'
import { sha256 } from '../host/sha256.ts'
import { readDatasets } from '../inventory/reader.ts'
import type { Plan, Refusal } from '../tasks/model.ts'
import { listIfThere, readVms } from '../vms/read.ts'
import { fetchInput, imageInput, uploadInput } from './input.ts'
import { type ImageRow, imageRows } from './model.ts'
import {
  type ArrivalFacts,
  fetchPart,
  isArrival,
  isDestroy,
  type PlaceFacts,
  planDestroy,
  planFetch,
  planUpload,
  stampOf,
  uploadPart,
  urlProblem,
} from './plan.ts'
import { readImages, readLibraries } from './read.ts'
import { receive } from './receptions.ts'

/** A slow line, and a large image. */
const LONGEST_FETCH_MS = 48 * 60 * 60_000

/** Whether a process is a fetch(1) into that file. */
const fetches =
  (part: string) =>
  ({ command, args }: Process): boolean =>
    command === 'fetch' && ` ${args} `.includes(` ${part} `)

type Named = { name: string; datastore: string; kind: 'iso' | 'img' }

async function readPlace(
  context: PlanContext,
  { name, datastore, kind }: Named,
  partFile: string,
): Promise<PlaceFacts> {
  const { host, inventory } = context
  const { whyNoGuests } = (await inventory.facts()).value
  if (whyNoGuests !== null) throw new AppError('unsupported', whyNoGuests)
  const libraries = await readLibraries(host, await readDatasets(host))
  const library = libraries.find(each => each.datastore === datastore && each.kind === kind) ?? null
  if (library === null || /[/\0]/.test(name) || name === '')
    return { library, hasDirectory: true, final: null, part: null, busyPid: null }
  const part = `${library.path}/${partFile}`
  const [directory, files, processes] = await Promise.all([
    host.stat(library.path),
    listIfThere(host, library.path),
    listProcesses(host),
  ])
  const file = (leaf: string): FileEntry | null => files.find(each => each.name === leaf) ?? null
  const busy = processes.find(fetches(part))
  return {
    library,
    hasDirectory: directory !== null,
    final: file(name),
    part: file(partFile),
    busyPid: busy?.pid ?? null,
  }
}

/** What is shared by both ways: the directory, the bytes, the comparison, the name. */
async function arrive(context: ActionContext, plan: Plan, bring: (facts: ArrivalFacts) => Promise<void>) {
  const { host, progress } = context
  const { facts } = plan
  if (!isArrival(facts)) throw new AppError('invalid', 'This is no plan of an arrival.')
  const { directory, part, path, totalBytes, sha256: wanted } = facts
  if ((await host.stat(directory)) === null) await host.mkdir(directory)
  const before = await host.stat(part)
  if (totalBytes === null || before?.sizeBytes !== totalBytes) await bring(facts)
  const arrived = await host.stat(part)
  if (arrived === null) throw new AppError('failed', `Nothing has arrived at ${part}.`)
  if (totalBytes !== null && arrived.sizeBytes !== totalBytes)
    throw new AppError('failed', `${arrived.sizeBytes} bytes have arrived, not ${totalBytes}.`)
  if (wanted !== null) {
    progress('Comparing its SHA-256', 1)
    const found = await sha256(host, part).catch((error: unknown) => {
      throw withWords(
        asAppError(error),
        'All of it has arrived and stays.',
        'Begin once more: only the rest is done.',
      )
    })
    if (found !== wanted) {
      await host.remove(part)
      throw new AppError(
        'refused',
        `Its SHA-256 is ${found}, not ${wanted}: it is not the file you wanted. What had arrived was removed.`,
      )
    }
  }
  await host.rename(part, path).catch((error: unknown) => {
    if (isUnheard(error)) throw error
    throw withWords(asAppError(error), `All of it has arrived and stays as ${part}.`)
  })
}

/** Whether it is there under its name, or how far it came. */
async function settleArrival({ host }: PlanContext, plan: Plan) {
  const { facts } = plan
  if (!isArrival(facts)) throw new AppError('unreadable', 'The plan of this task cannot be read.')
  const { part, path, totalBytes } = facts
  const [final, rest, processes] = await Promise.all([host.stat(path), host.stat(part), listProcesses(host)])
  if (final && !rest) return { state: 'done' as const, outcome: `${plan.title}: done, as the host shows.` }
  const fetching = processes.find(fetches(part))
  if (fetching) throw new AppError('in_use', `fetch still runs on the host: process ${fetching.pid}.`)
  const of = totalBytes === null ? '' : ` of ${totalBytes}`
  return {
    state: 'interrupted' as const,
    outcome: rest
      ? `${plan.title}: it was cut short. ${rest.sizeBytes}${of} bytes have arrived and stay as ${part}: begin once more, and it goes on from there.`
      : `${plan.title}: it was cut short before anything arrived.`,
  }
}

export const upload = defineAction({
  name: 'images.upload',
  role: 'operator',
  input: uploadInput,
  plan: async (context, input) => planUpload(input, await readPlace(context, input, uploadPart(input))),
  run: (context, plan) =>
    arrive(context, plan, async ({ part }) => {
      const { host, progress, nudged } = context
      const totalBytes = isArrival(plan.facts) ? (plan.facts.totalBytes ?? 0) : 0
      const offset = (await host.stat(part))?.sizeBytes ?? 0
      progress('Waiting for the browser', offset / totalBytes)
      await receive({
        host,
        digest: plan.digest,
        part,
        offset,
        totalBytes,
        stopped: nudged,
        progress: received =>
          progress(`${inBinary(received)} of ${inBinary(totalBytes)} have arrived`, received / totalBytes),
      })
    }),
  settle: settleArrival,
})

/** What the server says of it, asked on the machine itself. */
async function askServer(
  { host }: PlanContext,
  url: string,
): Promise<{ totalBytes: number | null; problem: Refusal | null }> {
  if (urlProblem(url)) return { totalBytes: null, problem: null }
  try {
    return { totalBytes: await fetchSize(host, url), problem: null }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'failed') throw error
    const said = (error.detail.stderr ?? '').trim().replace(/^fetch: /, '')
    const message = `The host cannot fetch this address: ${said === '' ? error.message : said}.`
    return {
      totalBytes: null,
      problem: { code: 'failed', message, detail: { ...error.detail, field: 'url' } },
    }
  }
}

export const fetch = defineAction({
  name: 'images.fetch',
  role: 'operator',
  input: fetchInput,
  async plan(context, input) {
    const asked = await askServer(context, input.url)
    const place = await readPlace(context, input, fetchPart(input, asked.totalBytes))
    return planFetch(input, { ...place, ...asked })
  },
  run: (context, plan, { url }) =>
    arrive(context, plan, async ({ part, totalBytes }) => {
      const { host, progress, nudged } = context
      progress(`Fetching ${url}`, 0)
      // By the size of the file: fetch(1) shows its progress to a terminal only.
      const look = async () => {
        const arrived = (await host.stat(part))?.sizeBytes ?? 0
        if (totalBytes === null) progress(`${inBinary(arrived)} have arrived`)
        else progress(`${inBinary(arrived)} of ${inBinary(totalBytes)} have arrived`, arrived / totalBytes)
      }
      try {
        const fetching = runOrThrow(host, fetchArgv(url, part), [], {
          timeoutMs: LONGEST_FETCH_MS,
          signal: nudged,
        })
        await followed(fetching, look)
      } catch (error) {
        if (nudged.aborted)
          throw new AppError('refused', 'The fetch was stopped. What has arrived stays.', {
            next: 'Fetch it again: it goes on where it stopped.',
          })
        if (isUnheard(error)) throw error
        throw withWords(
          asAppError(error),
          'What has arrived stays.',
          'Fetch it again: it goes on where it stopped.',
        )
      }
    }),
  settle: settleArrival,
})

async function readRow({ host }: PlanContext, path: string): Promise<ImageRow | null> {
  const [state, vms] = await Promise.all([readImages(host, []), readVms(host)])
  return imageRows(state, vms).find(each => each.path === path) ?? null
}

export const destroy = defineAction({
  name: 'images.destroy',
  role: 'administrator',
  input: imageInput,
  plan: async (context, { path }) => planDestroy(path, await readRow(context, path)),
  async run({ host }, plan) {
    const { facts } = plan
    if (!isDestroy(facts)) throw new AppError('invalid', 'This is no plan of a removal.')
    const now = await host.stat(facts.path)
    if (now && stampOf(now) !== facts.stamp)
      throw new AppError('changed', `${facts.path} is another file by now: it has ${stampOf(now)}.`)
    await host.remove(facts.path)
  },
  async settle({ host }, plan) {
    const { facts } = plan
    if (!isDestroy(facts)) throw new AppError('unreadable', 'The plan of this task cannot be read.')
    return (await host.stat(facts.path)) === null
      ? { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
      : { state: 'interrupted', outcome: `${plan.title}: it was cut short; ${facts.path} is still there.` }
  },
})
