/** A host that has only one thing to say: for tests of what a tool makes of an answer. */
import type { Host } from '../host.ts'

/** A host of which only what is given here may be asked. */
export function silentBut(does: Pick<Host, 'id' | 'run'>): Host {
  const refuse = (): never => {
    throw new Error('this host answers programs only')
  }
  return {
    kind: 'local',
    stream: refuse,
    connect: refuse,
    read: refuse,
    write: refuse,
    list: refuse,
    stat: refuse,
    remove: refuse,
    mkdir: refuse,
    readBytes: refuse,
    writeBytes: refuse,
    rename: refuse,
    close: refuse,
    ...does,
  }
}

/** A host that gives these answers in turn and keeps what it was asked. */
export function answering(
  ...answers: { exit?: number; stdout?: string; stderr?: string }[]
): Host & { asked: string[][] } {
  const asked: string[][] = []
  const host = silentBut({
    id: 'one',
    run: argv => {
      asked.push([...argv])
      return Promise.resolve({ exit: 0, stdout: '', stderr: '', ...answers.shift() })
    },
  })
  return { ...host, asked }
}
