/**
 * Whatever people and a shell do to the storage at the same time: nothing disappears and no byte changes but what a
 * confirmed plan has named, and what the shell itself took away.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ActionContext } from '../action.ts'
import * as datasets from '../datasets/actions.ts'
import { AppError } from '../errors.ts'
import type { Plan } from '../tasks/model.ts'
import { rollbackAction, swapBackAction } from './actions.rollback.ts'
import * as snapshots from './actions.ts'
import { guest, type StorageTest, storageTest } from './testing.ts'

/** A choice among what is there at that moment. */
const pick = fc.nat(40)
const tag = fc.constantFrom('x', 'y', 'z')
const way = fc.constantFrom('go-back' as const, 'keep' as const, 'beside' as const)

const act = fc.oneof(
  fc.record({ verb: fc.constant('take' as const), pick, tag, recursive: fc.boolean() }),
  fc.record({
    verb: fc.constant('destroySnapshots' as const),
    picks: fc.array(pick, { minLength: 1, maxLength: 4 }),
  }),
  {
    arbitrary: fc.record({ verb: fc.constant('rollback' as const), pick, way, start: fc.boolean() }),
    weight: 4,
  },
  { arbitrary: fc.record({ verb: fc.constant('swapBack' as const), pick }), weight: 2 },
  fc.record({ verb: fc.constant('clone' as const), pick, name: fc.constantFrom('c1', 'c2', 'a') }),
  fc.record({ verb: fc.constant('promote' as const), pick }),
  fc.record({ verb: fc.constant('rename' as const), pick, name: fc.constantFrom('r1', 'f/r2', 'a') }),
  fc.record({ verb: fc.constant('destroyDataset' as const), pick }),
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

const shell = fc.oneof(
  fc.record({ line: fc.constant('snapshot' as const), pick, tag }),
  fc.record({ line: fc.constant('destroy' as const), pick }),
  fc.record({ line: fc.constant('anew' as const), pick }),
  fc.record({ line: fc.constant('write' as const), pick, tag }),
  fc.record({ line: fc.constant('hold' as const), pick }),
  fc.record({ line: fc.constant('release' as const), pick }),
  fc.record({ line: fc.constant('bookmark' as const), pick, tag }),
  fc.record({ line: fc.constant('clone' as const), pick, tag }),
  fc.record({ line: fc.constant('rename' as const), pick, tag }),
  fc.record({ line: fc.constant('guest' as const), running: fc.boolean() }),
  fc.record({
    line: fc.constant('fault' as const),
    verb: fc.constantFrom('destroy', 'rollback', 'rename', 'clone', 'promote', 'set'),
  }),
)
type Shell = typeof shell extends fc.Arbitrary<infer T> ? T : never

/** An action, what the shell does between its plan and the click, and after each of its commands. */
const turn = fc.record({
  act,
  between: fc.array(shell, { maxLength: 2 }),
  amid: fc.array(fc.option(shell), { maxLength: 4 }),
})

type Thing = { name: string; guid: string }

class Bench {
  /** What may be gone: named by a confirmed plan, or taken away by the shell. A bookmark has its snapshot's guid. */
  readonly allowed = new Set<string>()
  /** What each volume begins with, by guid. */
  readonly bytes = new Map<string, string>()
  known = new Map<string, string>()
  /** Made by the action that runs, touched by nobody else: it may take them away again. */
  private readonly fresh = new Set<string>()
  private count = 0
  readonly test: StorageTest

  constructor(test: StorageTest) {
    this.test = test
  }

  async things(): Promise<Thing[]> {
    const text = await this.test.sh('zfs list -Hp -r -t all -o name,guid tank')
    return text
      .split('\n')
      .slice(0, -1)
      .map(line => ({ name: line.split('\t')[0] ?? '', guid: line.split('\t')[1] ?? '' }))
      .map(({ name, guid }) => ({ name, guid: name.includes('#') ? `#${guid}` : guid }))
  }

  async read(volume: string): Promise<string> {
    const { stdout } = await this.test.host.run(['dd', `if=/dev/zvol/${volume}`, 'bs=512', 'count=1'])
    return stdout.replace(/[.\0]*$/, '')
  }

  async volumes(): Promise<Thing[]> {
    const text = await this.test.sh('zfs list -Hp -r -t volume -o name,guid tank')
    return text
      .split('\n')
      .slice(0, -1)
      .map(line => ({ name: line.split('\t')[0] ?? '', guid: line.split('\t')[1] ?? '' }))
  }

  /** A command line of the shell; it may fail, as shells do. What it takes away is its own business. */
  async sh(one: Shell): Promise<void> {
    const before = await this.things()
    for (const { guid } of before) if (!this.known.has(guid)) this.fresh.add(guid)
    const sets = before.filter(each => !/[@#]/.test(each.name) && each.name !== 'tank')
    const snaps = before.filter(each => each.name.includes('@'))
    const of = (list: Thing[], index: number) => list[index % Math.max(1, list.length)]?.name ?? 'tank/none'
    const run = (line: string) => this.test.host.run(line.split(' '))
    const marked = (name: string, mark: string) => `${name.split('@')[0]}#${mark}`
    switch (one.line) {
      case 'snapshot':
        await run(`zfs snapshot ${of(sets, one.pick)}@${one.tag}`)
        break
      case 'destroy':
        await run(`zfs destroy ${of(snaps, one.pick)}`)
        break
      case 'anew': {
        const name = of(snaps, one.pick)
        if ((await run(`zfs destroy ${name}`)).exit === 0) await run(`zfs snapshot ${name}`)
        break
      }
      case 'write':
        await this.write(of(await this.volumes(), one.pick))
        break
      case 'hold':
        await run(`zfs hold shell ${of(snaps, one.pick)}`)
        break
      case 'release':
        await run(`zfs release shell ${of(snaps, one.pick)}`)
        break
      case 'bookmark': {
        const name = of(snaps, one.pick)
        await run(`zfs bookmark ${name} ${marked(name, one.tag)}`)
        break
      }
      case 'clone':
        await run(`zfs clone ${of(snaps, one.pick)} tank/shell-${one.tag}`)
        break
      case 'rename':
        await run(`zfs rename ${of(sets, one.pick)} tank/moved-${one.tag}`)
        break
      case 'fault':
        // The next such command fails without doing anything.
        await run(`fault add zfs ${one.verb} -- exit 1 broken once`)
        return
      case 'guest':
        Object.assign(
          this.test.vms[0] ?? {},
          one.running ? { state: 'running', pid: 7 } : { state: 'stopped', pid: null },
        )
    }
    const after = new Set((await this.things()).map(each => each.guid))
    for (const each of before) if (!after.has(each.guid)) this.allowed.add(each.guid)
    await this.learn()
  }

  async write(volume: string): Promise<void> {
    const text = `text ${++this.count}`
    const argv = ['dd', `of=/dev/zvol/${volume}`, 'bs=512', 'count=1', 'conv=notrunc']
    const { exit } = await this.test.host.run(argv, { stdin: text.padEnd(512, '.') })
    const guid = (await this.volumes()).find(each => each.name === volume)?.guid
    if (exit !== 0 || !guid) return
    this.bytes.set(guid, text)
    this.fresh.delete(guid)
  }

  /** Things and volumes that are new. */
  async learn(): Promise<void> {
    for (const { name, guid } of await this.things()) this.known.set(guid, name)
    for (const { name, guid } of await this.volumes()) {
      if (!this.bytes.has(guid)) this.bytes.set(guid, await this.read(name))
    }
  }

  /** Everything that was ever seen is there, with its bytes, or was allowed to go. */
  async check(what: string, plan: Plan | null): Promise<void> {
    const now = new Set((await this.things()).map(each => each.guid))
    const lost = [...this.known].filter(([guid]) => !now.has(guid) && !this.allowed.has(guid))
    expect(lost, `lost without being named, by ${what}`).toEqual([])
    // What was named and is there all the same has to be named again.
    for (const guid of now) this.allowed.delete(guid)
    const rolledBack = new Set(plan?.victims.flatMap(each => (each.kind === 'data' ? [each.guid] : [])) ?? [])
    for (const { name, guid } of await this.volumes()) {
      const text = await this.read(name)
      if (!rolledBack.has(guid) && this.bytes.has(guid)) {
        expect(text, `bytes of ${name}, by ${what}`).toBe(this.bytes.get(guid))
      }
      this.bytes.set(guid, text)
    }
    await this.learn()
  }

  /** Carries a verb out as the engine does: plan, click, plan again, compare, run. */
  async perform<Input>(
    action: {
      name: string
      plan: (context: ActionContext, input: Input) => Promise<Plan>
      run: (context: ActionContext, plan: Plan, input: Input) => Promise<unknown>
    },
    input: Input,
    turn: { between: Shell[]; amid: (Shell | null)[] },
  ): Promise<void> {
    const planned = () =>
      action.plan(this.test.context, input).catch((error: unknown) => {
        if (error instanceof AppError) return null
        throw error
      })
    const seen = await planned()
    for (const one of turn.between) await this.sh(one)
    const plan = await planned()
    if (seen === null || plan === null || plan.refused || plan.digest !== seen.digest) return
    for (const { kind, guid } of plan.victims) {
      if (guid !== undefined && kind !== 'data') this.allowed.add(kind === 'bookmark' ? `#${guid}` : guid)
    }
    const amid = [...turn.amid]
    this.fresh.clear()
    const { host } = this.test.context
    const context: ActionContext = {
      ...this.test.context,
      host: {
        ...host,
        run: async (argv, options) => {
          const result = await host.run(argv, options)
          const isRead = ['list', 'get', 'holds'].includes(argv[1] ?? '') || argv.includes('-nvp')
          const next = argv[0] === 'zfs' && !isRead ? amid.shift() : null
          if (next) await this.sh(next)
          return result
        },
      },
    }
    try {
      await action.run(context, plan, input)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    }
    await this.test.host.run(['fault', 'clear'])
    for (const guid of this.fresh) this.allowed.add(guid)
    await this.check(`${action.name} ${JSON.stringify(input)}`, plan)
  }

  async turn({ act, ...rest }: { act: Act; between: Shell[]; amid: (Shell | null)[] }): Promise<void> {
    const all = await this.things()
    const sets = all.filter(each => !/[@#]/.test(each.name) && each.name !== 'tank')
    const snaps = all.filter(each => each.name.includes('@'))
    const of = (list: Thing[], index: number) => list[index % Math.max(1, list.length)]?.name ?? 'tank/none'
    const snapshot = 'pick' in act && snaps.length > 0 ? of(snaps, act.pick) : 'tank/none@x'
    const dataset = 'pick' in act ? of(sets, act.pick) : 'tank/none'
    const { room } = this.test
    switch (act.verb) {
      case 'take':
        return this.perform(
          snapshots.create,
          { datasets: [dataset], tag: act.tag, recursive: act.recursive },
          rest,
        )
      case 'destroySnapshots': {
        if (snaps.length === 0) return
        const names = [...new Set(act.picks.map(index => of(snaps, index)))]
        return this.perform(snapshots.destroy, { snapshots: names }, rest)
      }
      case 'rollback': {
        const word = { stop: true, start: act.start, conf: 'today' as const }
        return this.perform(rollbackAction(room), { snapshot, way: act.way, guest: word }, rest)
      }
      case 'swapBack': {
        const kept = (await this.test.sh('zfs get -H -s local -o name -r skep:kept-from tank'))
          .split('\n')
          .filter(Boolean)
        const name = kept[act.pick % Math.max(1, kept.length)]
        if (name === undefined) return
        const word = { stop: true, start: true, conf: 'today' as const }
        return this.perform(swapBackAction(room), { dataset: name, guest: word }, rest)
      }
      case 'clone':
        return this.perform(snapshots.clone, { snapshot, target: `tank/${act.name}` }, rest)
      case 'promote':
        return this.perform(datasets.promote, { dataset }, rest)
      case 'rename':
        return this.perform(datasets.rename, { dataset, to: `tank/${act.name}` }, rest)
      case 'destroyDataset':
        return this.perform(datasets.destroy, { dataset }, rest)
    }
  }
}

it('nothing disappears but what was named', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 4, maxLength: 10 }), async turns => {
      await using test = await storageTest()
      const bench = new Bench(test)
      for (const line of ['zfs create -V 8M tank/a', 'zfs create tank/f', 'zfs create -V 8M tank/f/b']) {
        await test.sh(line)
      }
      await bench.write('tank/a')
      await test.sh('zfs snapshot -r tank@x')
      await bench.write('tank/a')
      await bench.write('tank/f/b')
      await test.sh('zfs snapshot -r tank@y')
      await bench.write('tank/a')
      test.vms.push(guest('web1', ['tank/a']))
      await bench.learn()
      for (const one of turns) await bench.turn(one)
    }),
    { numRuns: 6 },
  )
})
