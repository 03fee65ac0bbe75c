/** `.skep/runs.jsonl`: what the run script wrote about each run of bhyve. Pure. */
import * as z from 'zod/mini'
import { explainExit } from './exits.ts'
import type { VmExit, VmRun } from './model.ts'

const line = z.union([
  z.object({ start: z.number(), argv: z.array(z.string()) }),
  z.object({ end: z.number(), exit: z.number(), output: z.string() }),
  z.object({ failed: z.string(), at: z.number() }),
  z.object({ stops: z.number() }),
])

/** A run as recorded; times are Unix ms. */
export type RecordedRun = VmRun & {
  /** It never came to bhyve: what the run script could not do. */
  failed: string | null
  /** Its supervisor has decided that no other run follows. */
  isLast: boolean
}

/**
 * Runs, oldest first. Every run writes `{"start":S,"argv":[…]}` and, when bhyve has ended, `{"end":S,"exit":N,"output":"…"}`
 * (seconds); a script that could not come so far writes `{"failed":"…","at":S}`, one that does not start the guest again
 * `{"stops":S}`. Lines cut short by a crash are skipped.
 */
export function parseRuns(text: string): RecordedRun[] {
  const runs: RecordedRun[] = []
  for (const raw of text.split('\n')) {
    const parsed = z.safeParse(line, parseJson(raw))
    if (!parsed.success) continue
    const entry = parsed.data
    const last = runs.at(-1)
    if ('argv' in entry) {
      runs.push({
        startedAt: entry.start * 1000,
        endedAt: null,
        argv: entry.argv,
        exit: null,
        stderr: '',
        failed: null,
        isLast: false,
      })
    } else if ('failed' in entry) {
      const at = entry.at * 1000
      const exit: VmExit = {
        status: null,
        signal: null,
        at,
        words: `${entry.failed.trim().replace(/\.$/, '')}.`,
        next: null,
      }
      const failed = { stderr: entry.failed, failed: entry.failed, isLast: true }
      runs.push({ startedAt: at, endedAt: at, argv: [], exit, ...failed })
    } else if ('stops' in entry) {
      if (last) last.isLast = true
    } else if (last && last.endedAt === null) {
      last.endedAt = entry.end * 1000
      last.stderr = entry.output
      last.exit = explainExit({
        status: entry.exit,
        output: entry.output,
        at: last.endedAt,
        ranSeconds: entry.end - last.startedAt / 1000,
      })
    }
  }
  return runs
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
