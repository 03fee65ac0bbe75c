import type { Database } from '../db/database.ts'
import * as rows from '../db/tasks.ts'
import { AppError, isUnheard } from '../errors.ts'
import type { Host, HostStream, RunResult } from '../host/host.ts'
import type { TaskCommand } from './model.ts'

/** Output kept of one command, counted in characters. */
export const OUTPUT_LIMIT = 64 * 1024

const IN_PIECES = 'in pieces'

type Entry = Pick<TaskCommand, 'kind' | 'argv'>
type Outcome = { exit: number | null; stdout: string; stderr: string }

/**
 * A Host that writes every change it makes into the task: the program or file before it starts, the result when it
 * ended. Reads of files are not recorded. The same program with the same result again and again (a wait) is one entry
 * with a count.
 */
export function recordingHost(options: {
  host: Host
  db: Database
  taskId: number
  now: () => number
  changed: () => void
  /** Called when it is not heard how something ended that may have changed the host. */
  unheard: (error: AppError) => void
}): Host {
  const { host, db, taskId, now, changed, unheard } = options
  let seq = 0
  let last: TaskCommand | null = null

  function begin(entry: Entry): TaskCommand {
    const command: TaskCommand = {
      ...entry,
      seq: ++seq,
      times: 1,
      startedAt: now(),
      durationMs: null,
      exit: null,
      stdout: '',
      stderr: '',
      truncated: false,
    }
    rows.insertCommand(db, taskId, command)
    changed()
    return command
  }

  function end(command: TaskCommand, outcome: Outcome) {
    command.durationMs = now() - command.startedAt
    command.exit = outcome.exit
    command.stdout = outcome.stdout.slice(0, OUTPUT_LIMIT)
    command.stderr = outcome.stderr.slice(0, OUTPUT_LIMIT)
    command.truncated = outcome.stdout.length > OUTPUT_LIMIT || outcome.stderr.length > OUTPUT_LIMIT
    // Only the newest may be folded: one that runs beside it keeps its number.
    if (last && command.seq === seq && last.seq === seq - 1 && sameResult(last, command)) {
      rows.deleteCommand(db, taskId, command.seq)
      seq = last.seq
      last.times++
      last.durationMs = now() - last.startedAt
      rows.updateCommand(db, taskId, last)
    } else {
      rows.updateCommand(db, taskId, command)
      last = command
    }
    changed()
  }

  function failed(command: TaskCommand, error: unknown) {
    if (error instanceof AppError && isUnheard(error)) unheard(error)
    end(command, { exit: null, stdout: '', stderr: error instanceof Error ? error.message : String(error) })
  }

  /** Records `work`; a rejection (deadline, lost host, no such program) is recorded in its own words and passed on. */
  async function recorded<T>(
    entry: Entry,
    work: () => Promise<T>,
    outcome: (result: T) => Outcome,
  ): Promise<T> {
    const command = begin(entry)
    try {
      const result = await work()
      end(command, outcome(result))
      return result
    } catch (error) {
      failed(command, error)
      throw error
    }
  }

  const silent = () => ({ exit: 0, stdout: '', stderr: '' })

  return {
    id: host.id,
    kind: host.kind,
    run: (argv, runOptions) =>
      recorded(
        { kind: 'run', argv: [...argv] },
        () => host.run(argv, runOptions),
        (result: RunResult) => ({
          exit: result.exit,
          stdout: result.stdout,
          stderr: result.signal ? `${result.stderr}(ended by ${result.signal})` : result.stderr,
        }),
      ),
    async stream(argv, streamOptions): Promise<HostStream> {
      const command = begin({ kind: 'run', argv: [...argv] })
      let stream: HostStream
      try {
        stream = await host.stream(argv, streamOptions)
      } catch (error) {
        failed(command, error)
        throw error
      }
      let stdout = ''
      async function* heard(lines: AsyncIterable<string>) {
        for await (const line of lines) {
          // One character more than the limit is enough to know that something was cut.
          if (stdout.length <= OUTPUT_LIMIT) stdout += `${line}\n`
          yield line
        }
        // The program may have ended before its last line was read.
        if (command.durationMs === null) return
        command.stdout = stdout.slice(0, OUTPUT_LIMIT)
        command.truncated ||= stdout.length > OUTPUT_LIMIT
        rows.updateCommand(db, taskId, command)
        changed()
      }
      const done = stream.done.then(result => {
        end(command, { ...result, stdout })
        return result
      })
      return { lines: heard(stream.lines), done, kill: () => stream.kill() }
    },
    write: (path, text, writeOptions) =>
      recorded({ kind: 'write', argv: ['write', path] }, () => host.write(path, text, writeOptions), silent),
    // One entry a file, however many pieces: they follow one another.
    writeBytes: (path, offset, bytes) =>
      recorded(
        { kind: 'write', argv: ['write', path, IN_PIECES] },
        () => host.writeBytes(path, offset, bytes),
        silent,
      ),
    rename: (from, to) =>
      recorded({ kind: 'rename', argv: ['rename', from, to] }, () => host.rename(from, to), silent),
    remove: path => recorded({ kind: 'remove', argv: ['remove', path] }, () => host.remove(path), silent),
    mkdir: path => recorded({ kind: 'mkdir', argv: ['mkdir', path] }, () => host.mkdir(path), silent),
    connect: (target, connectOptions) => host.connect(target, connectOptions),
    read: path => host.read(path),
    list: path => host.list(path),
    stat: path => host.stat(path),
    readBytes: (path, offset, length) => host.readBytes(path, offset, length),
    close: () => host.close(),
  }
}

function sameResult(a: TaskCommand, b: TaskCommand): boolean {
  const isRepeated = a.kind === 'run' || a.argv[2] === IN_PIECES
  return (
    isRepeated &&
    a.kind === b.kind &&
    a.exit !== null &&
    a.exit === b.exit &&
    a.stdout === b.stdout &&
    a.stderr === b.stderr &&
    a.argv.length === b.argv.length &&
    a.argv.every((word, index) => word === b.argv[index])
  )
}
