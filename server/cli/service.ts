/** The service `skep` of rc(8), and the settings it has there. */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { readConfig } from '../config.ts'
import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { localHost } from '../host/local.ts'
import { addressOf } from '../welcome.ts'
import { layout } from './layout.ts'

/** Running tasks get ten seconds to end, and a slow machine its time. */
const PATIENCE_MS = 120_000
const ASK_EVERY_MS = 250

/** What `/api/health` answers; something else may have the port. */
const HEALTH = z.object({ status: z.literal('ok') })

/** A program of the machine. */
type Run = Host['run']

/** On a machine that is being put together there is none. */
export type Service = {
  isRunning(): Promise<boolean>
  stop(): Promise<void>
  /** Returns when the console answers. Rejects with what rc(8) printed, or `timeout`. */
  start(): Promise<void>
}

export const noService: Service = {
  isRunning: async () => false,
  stop: async () => undefined,
  start: async () => undefined,
}

/** `answers` is whether the console can be reached now. */
export function rcService(run: Run, answers: () => Promise<boolean>, patienceMs = PATIENCE_MS): Service {
  const must = async (command: string) => {
    const argv = ['service', 'skep', command]
    const { exit, stdout, stderr } = await run(argv, { timeoutMs: patienceMs })
    if (exit !== 0) throw new AppError('failed', `${argv.join(' ')}: ${words(stdout, stderr, exit)}`)
  }
  return {
    isRunning: async () =>
      (await run(['service', 'skep', 'onestatus'], { timeoutMs: patienceMs })).exit === 0,
    stop: () => must('onestop'),
    async start() {
      await must('onestart')
      const deadline = Date.now() + patienceMs
      while (!(await answers())) {
        if (Date.now() > deadline) {
          throw new AppError('timeout', 'Skep was started and does not answer.', {
            next: 'The log has more: /var/log/skep.log',
          })
        }
        await sleep(ASK_EVERY_MS)
      }
    },
  }
}

function words(stdout: string, stderr: string, exit: number | null): string {
  return [stderr, stdout].map(text => text.trim()).find(text => text !== '') ?? `exit ${exit}`
}

/** Whether a Skep answers where these settings say. */
export function answersAt(env: Readonly<Record<string, string>>): () => Promise<boolean> {
  const config = readConfig(env)
  const url = `${addressOf(config, config.port)}/api/health`
  return async () => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
      return response.ok && HEALTH.safeParse(await response.json()).success
    } catch {
      return false
    }
  }
}

/**
 * What the service is started with, as rc.conf(5) has it; where there is no service, or an environment of its own was
 * given, that of this process.
 */
export async function serviceEnvironment(): Promise<NodeJS.ProcessEnv> {
  if (process.env.SKEP_STATE || process.platform !== 'freebsd' || !existsSync(layout('/').rc))
    return process.env
  const host = localHost()
  try {
    return { ...process.env, ...(await readSettings(host.run)) }
  } finally {
    await host.close()
  }
}

/** The settings of the service by the names the console reads them. AppError `failed`. */
export async function readSettings(run: Run): Promise<Record<string, string>> {
  const { exit, stdout, stderr } = await run(['service', 'skep', 'onesettings'])
  if (exit === 0) return parseSettings(stdout)
  throw new AppError('failed', `The settings of the service cannot be read: ${words(stdout, stderr, exit)}`)
}

/** `service skep onesettings`: one `NAME=value` a line. */
export function parseSettings(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split('\n').flatMap(line => {
      const at = line.indexOf('=')
      return /^(PORT|SKEP_[A-Z_]+)=/.test(line) ? [[line.slice(0, at), line.slice(at + 1)]] : []
    }),
  )
}
