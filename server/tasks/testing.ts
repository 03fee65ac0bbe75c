import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod/mini'
import type { Account } from '../accounts/model.ts'
import { type Action, defineAction } from '../action.ts'
import { openDatabase } from '../db/database.ts'
import type { Host } from '../host/host.ts'
import { scriptedHost, testServices } from '../testing.ts'
import { refusedPlan, withDigest } from './digest.ts'

export const operator: Account = {
  id: 1,
  name: 'olga',
  role: 'operator',
  exceptions: [],
  createdAt: 0,
  lastLoginAt: null,
  disabled: false,
}

const input = z.object({ name: z.string(), text: z.string() })

/** Writes a file of the machine, with a program before and after it: small, and can be seen to be half done. */
export function writeNote(
  overrides: Partial<Action<typeof input, string>> = {},
): Action<typeof input, string> {
  return defineAction<typeof input, string>({
    name: 'notes.write',
    role: 'operator',
    input,
    async plan({ host }, { name, text }) {
      const path = `/notes/${name}`
      const before = (await host.stat(path)) ? await host.read(path) : null
      const title = `Write the note ${name}`
      if (before === text) {
        return refusedPlan('notes.write', title, { code: 'exists', message: `${name} says that already.` })
      }
      return withDigest({
        action: 'notes.write',
        title,
        steps: [
          { title: 'Sync', argv: ['sync'] },
          { title: `Write ${path}`, file: { path, before, after: text } },
          { title: 'Sync again', argv: ['sync', '-a'] },
        ],
        victims: [],
        warnings: [],
        locks: [`note:${name}`],
      })
    },
    async run({ host, progress }, plan, { name, text }) {
      await host.run(['sync'])
      progress(`Writing ${name}`, 0.5)
      for (const step of plan.steps) if (step.file) await host.write(step.file.path, step.file.after)
      await host.run(['sync', '-a'])
      return text
    },
    async settle({ host }, plan) {
      const file = plan.steps.find(step => step.file)?.file
      const there = file && (await host.stat(file.path)) ? await host.read(file.path) : null
      return there === file?.after
        ? { state: 'done', outcome: 'The note had been written.' }
        : { state: 'interrupted', outcome: 'The note had not been written yet.' }
    },
    ...overrides,
  })
}

/** Where the process of the crash test stops for good: nothing begun, a command under way, or everything but the end. */
export type CrashStage = 'planned' | 'running' | 'written'

/**
 * Opens the database of `dir` and begins the note there, with `dir` as the machine; says `STAGE` on standard output and
 * then waits for the signal that no process survives.
 */
export async function crashInTheMiddle(dir: string, stage: CrashStage): Promise<void> {
  const forever = async (): Promise<never> => {
    console.log('STAGE')
    await new Promise(resolve => setTimeout(resolve, 600_000))
    throw new Error('nobody killed this process')
  }
  const host = directoryHost(dir, stage === 'running' ? forever : undefined)
  const services = testServices({ host, db: openDatabase(path.join(dir, 'skep.db')) })
  const note = { name: 'todo', text: 'feed the bees' }
  const plain = writeNote()
  const action = writeNote({
    async run(context, plan, input) {
      if (stage === 'planned') await forever()
      const result = await plain.run(context, plan, input)
      if (stage === 'written') await forever()
      return result
    },
  })
  const { digest } = await services.tasks.plan(action, note)
  await services.tasks.run(action, note, digest, operator)
}

/** A machine whose files lie in a real directory, so that two processes see the same one. */
export function directoryHost(dir: string, program?: () => Promise<never>): Host {
  const at = (file: string) => path.join(dir, file.replaceAll('/', '_'))
  return {
    ...scriptedHost(() => program?.() ?? { exit: 0, stdout: '', stderr: '' }),
    read: file => readFile(at(file), 'utf8'),
    write: (file, text) => writeFile(at(file), text),
    stat: async file =>
      existsSync(at(file)) ? { name: path.basename(file), type: 'file', sizeBytes: 0, mtimeMs: 0 } : null,
  }
}
