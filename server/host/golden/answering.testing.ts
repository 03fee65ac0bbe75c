/** A host that has only one thing to say: for tests of what a tool makes of an answer. */
import type { Host } from '../host.ts'

/** A host that gives these answers in turn and keeps what it was asked. */
export function answering(
  ...answers: { exit?: number; stdout?: string; stderr?: string }[]
): Host & { asked: string[][] } {
  const asked: string[][] = []
  const refuse = (): never => {
    throw new Error('not asked for')
  }
  return {
    asked,
    id: 'one',
    kind: 'local',
    run: argv => {
      asked.push([...argv])
      return Promise.resolve({ exit: 0, stdout: '', stderr: '', ...answers.shift() })
    },
    stream: refuse,
    connect: refuse,
    read: refuse,
    write: refuse,
    list: refuse,
    stat: refuse,
    remove: refuse,
    mkdir: refuse,
    close: refuse,
  }
}

