/** A machine of its own for a test of storage verbs, with guests whose room only notes what it was asked. */
import path from 'node:path'
import type { ActionContext } from '../action.ts'
import { openDatabase } from '../db/database.ts'
import type { Host, RunOptions, RunResult } from '../host/host.ts'
import { sandboxHost } from '../host/sandbox/adapter.ts'
import { sandboxForTest, type TestHost } from '../host/sandbox/testing.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { createInventory } from '../inventory/live.ts'
import { createReader } from '../inventory/reader.ts'
import type { Plan, TaskCommand } from '../tasks/model.ts'
import { operator } from '../tasks/testing.ts'
import { doorTo, testServices } from '../testing.ts'
import type { Vm, VmState } from '../vms/model.ts'
import { readVms } from '../vms/read.ts'
import { vmRow } from '../vms/row.testing.ts'
import { rollbackAction } from './actions.rollback.ts'
import { guestRoom } from './guest-room.ts'
import type { GuestRoom } from './guests.ts'
import type { RollbackInput } from './input.ts'

export type StorageTest = {
  host: TestHost
  inventory: Inventory
  context: ActionContext
  /** Guests of the machine; a test changes them. */
  vms: Vm[]
  room: GuestRoom
  /** What the room was asked: `stop web1`, `start web1`. */
  asked: string[]
  /** Runs a command line on the machine and gives its output; throws when it fails. */
  sh: (line: string) => Promise<string>
  /** Called before every command of the action; a test sneaks things in here. */
  beforeRun: (hook: ((argv: readonly string[]) => Promise<void>) | null) => void
  plan: <Input>(
    action: { plan: (context: ActionContext, input: Input) => Promise<Plan> },
    input: Input,
  ) => Promise<Plan>
  [Symbol.asyncDispose]: () => Promise<void>
}

/** Splits at blanks; a test that needs a blank in a word writes argv itself. */
async function onHost(host: Pick<TestHost, 'run'>, line: string): Promise<string> {
  const result = await host.run(line.split(' '))
  if (result.exit !== 0) throw new Error(`${line}: ${result.stderr}`)
  return result.stdout
}

export async function storageTest(): Promise<StorageTest> {
  const host = await sandboxForTest({ seed: 'empty' })
  const vms: Vm[] = []
  const asked: string[] = []
  let hook: ((argv: readonly string[]) => Promise<void>) | null = null
  const inventory = createInventory({
    host,
    read: createReader(host, {
      vms: async () => structuredClone(vms),
      facts: async () => {
        throw new Error('Nobody asks for facts here.')
      },
    }),
  })
  const isWrite = (argv: readonly string[]): boolean =>
    argv[0] === 'zfs' && !['list', 'get', 'holds'].includes(argv[1] ?? '') && !argv.includes('-nvp')
  const recording = doorTo(host, {
    async run(argv, options) {
      if (isWrite(argv)) await hook?.(argv)
      return host.run(argv, options)
    },
  })
  const turn = (name: string, state: VmState): void => {
    const vm = vms.find(each => each.name === name)
    if (vm) Object.assign(vm, { state, pid: state === 'running' ? 4242 : null })
  }
  const room: GuestRoom = {
    stopSteps: vm => [{ title: `Ask ${vm.name} to shut down`, argv: ['kill', '-TERM', String(vm.pid)] }],
    startSteps: vm => [
      { title: `Start ${vm.name}`, argv: ['daemon', '-f', '/bin/sh', `${vm.directory}/.skep/run.sh`] },
    ],
    async stop(_, vm) {
      asked.push(`stop ${vm.name}`)
      turn(vm.name, 'stopped')
    },
    async start(_, name) {
      asked.push(`start ${name}`)
      turn(name, 'running')
    },
    beside: null,
  }
  const context: ActionContext = {
    host: recording,
    inventory,
    now: () => Date.UTC(2026, 10, 22, 12),
    taskId: 1,
    progress: () => undefined,
    nudged: new AbortController().signal,
  }
  return {
    host,
    inventory,
    context,
    vms,
    room,
    asked,
    sh: line => onHost(host, line),
    beforeRun: given => {
      hook = given
    },
    plan: (action, input) => action.plan(context, input),
    async [Symbol.asyncDispose]() {
      inventory.close()
      await host.close()
    },
  }
}

/** A command as a task records it; `exit` null for one whose result never came. */
export function commandDone(argv: readonly string[], exit: number | null = 0): TaskCommand {
  const durationMs = exit === null ? null : 1
  const result = { stdout: '', stderr: '', truncated: false, times: 1, startedAt: 0 }
  return { seq: 1, kind: 'run', argv: [...argv], exit, durationMs, ...result }
}

/** Plans, refuses like the task engine does, and runs. */
export async function applied<Input, Result>(
  { context }: Pick<StorageTest, 'context'>,
  action: {
    plan: (context: ActionContext, input: Input) => Promise<Plan>
    run: (context: ActionContext, plan: Plan, input: Input) => Promise<Result>
  },
  input: Input,
): Promise<Plan> {
  const plan = await action.plan(context, input)
  if (plan.refused) throw new Error(`Refused: ${plan.refused.message}`)
  await action.run(context, plan, input)
  return plan
}

/** A stopped guest with these zvols as disks. */
export function guest(name: string, volumes: readonly string[], state: VmState = 'stopped'): Vm {
  return vmRow(name, {
    state,
    pid: state === 'running' ? 4242 : null,
    disks: volumes.map((volume, index) => ({
      index,
      emulation: 'virtio-blk',
      backing: 'zvol',
      path: `/dev/zvol/${volume}`,
      dataset: volume,
    })),
  })
}

/** Where a process stops for good: before a command that begins with these words is given to the host, or after it. */
export type Halt = { when: 'before' | 'after'; words: readonly string[] }

/**
 * A console without pages, on the sandbox of `dir` and the database in `stateDir`: plans the roll back, runs it as a task,
 * says `HALT` on standard output at the given command and waits there for the signal that no process survives.
 */
export async function rollBackUntil(
  dir: string,
  stateDir: string,
  input: RollbackInput,
  { when, words }: Halt,
): Promise<void> {
  const real = sandboxHost(dir)
  const halt = async (): Promise<never> => {
    console.log('HALT')
    await new Promise(resolve => setTimeout(resolve, 600_000))
    throw new Error('nobody killed this process')
  }
  const host = new Proxy(real, {
    get(target, key) {
      const own: unknown = Reflect.get(target, key)
      if (key === 'run') {
        return async (argv: readonly string[], options?: RunOptions): Promise<RunResult> => {
          // A plan's dry run is only a question.
          const isIt = words.every((word, at) => argv[at] === word) && !argv.includes('-nvp')
          if (isIt && when === 'before') await halt()
          const result = await target.run(argv, options)
          return isIt ? halt() : result
        }
      }
      return typeof own === 'function' ? own.bind(target) : own
    },
  })
  const services = testServices({
    host,
    db: openDatabase(path.join(stateDir, 'skep.db')),
    inventory: inventoryWithGuests(host),
  })
  const action = rollbackAction(guestRoom)
  const { digest } = await services.tasks.plan(action, input)
  await services.tasks.run(action, input, digest, operator)
}

/** The inventory of a machine with its real guests. */
export function inventoryWithGuests(host: Host): Inventory {
  const facts = () => Promise.reject(new Error('Nobody asks for facts here.'))
  return createInventory({ host, read: createReader(host, { vms: () => readVms(host), facts }) })
}
