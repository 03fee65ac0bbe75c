/** The same, whatever happens in whatever order. */
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  answerAll,
  begin,
  everything,
  hearAll,
  inventory,
  machine,
  page,
  truth,
  turn,
} from './freshness.testing.ts'

const NAMES = ['tank/a', 'tank/b', 'tank/a/x', 'tank/c', 'tank/c/x']
const name = fc.constantFrom(...NAMES)
const tag = fc.constantFrom('1', '2', '3')

type Act = () => unknown

const change: fc.Arbitrary<Act> = fc.oneof(
  name.map(at => () => machine.create(at)),
  name.map(at => () => machine.destroy(at)),
  fc.tuple(name, tag).map(
    ([at, s]) =>
      () =>
        machine.snapshot(at, s),
  ),
  fc.tuple(name, tag).map(
    ([at, s]) =>
      () =>
        machine.snapshot(at, s),
  ),
  fc.tuple(name, tag).map(
    ([at, s]) =>
      () =>
        machine.destroySnapshot(at, s),
  ),
  fc.tuple(name, tag).map(
    ([at, s]) =>
      () =>
        machine.hold(at, s, 'keep'),
  ),
  fc.tuple(name, fc.constantFrom('lz4', 'zstd')).map(
    ([at, value]) =>
      () =>
        machine.set(at, value),
  ),
  fc.tuple(name, name).map(
    ([from, to]) =>
      () =>
        machine.rename(from, to),
  ),
  fc.tuple(name, tag, name).map(
    ([from, s, to]) =>
      () =>
        machine.clone(`${from}@${s}`, to),
  ),
  name.map(at => () => machine.promote(at)),
  fc.tuple(name, tag).map(
    ([at, s]) =>
      () =>
        machine.rollback(at, s),
  ),
)

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: change },
  { weight: 2, arbitrary: fc.constant<Act>(() => machine.tellNext()) },
  {
    weight: 2,
    arbitrary: fc.nat(5).map(at => () => machine.questions[at % machine.questions.length]?.answer()),
  },
  { weight: 2, arbitrary: fc.constant<Act>(() => void page().catch(() => undefined)) },
  { weight: 1, arbitrary: fc.constant<Act>(() => void inventory.datasets().catch(() => undefined)) },
  { weight: 1, arbitrary: name.map(at => () => void inventory.propertiesOf(at)) },
  { weight: 1, arbitrary: fc.constantFrom(0, 25, 1500).map(ms => () => turn(ms)) },
  { weight: 1, arbitrary: fc.constant<Act>(() => machine.endStream()) },
  {
    weight: 1,
    arbitrary: fc.constant<Act>(() => inventory.refresh([{ topic: 'snapshots', key: 'tank/a' }])),
  },
)

it('agrees with the host once it is quiet, whatever happened in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 60 }), async acts => {
      begin()
      for (const at of NAMES.slice(0, 3)) machine.create(at)
      const stop = inventory.watch(() => undefined)
      await turn(30)
      for (const each of acts) {
        await each()
        await turn()
      }
      // A stream that had ended is opened again; then all is told, and all questions are answered.
      await turn(60_000)
      await hearAll()
      await answerAll()
      const seen = everything()
      await answerAll()
      machine.isPrompt = true
      for (const question of [...machine.questions]) question.answer()
      expect(await seen).toEqual(truth())
      stop()
      inventory.close()
    }),
    { numRuns: 300 },
  )
})

it('never tells of a change whose state a reader would not get then', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 60 }), async acts => {
      begin()
      for (const at of NAMES.slice(0, 3)) machine.create(at)
      /** Snapshots of each dataset after each command. */
      const states: { eid: number; of: Map<string, string> }[] = []
      const note = (): void => {
        const of = new Map(
          NAMES.map(at => [
            at,
            JSON.stringify(
              machine
                .rowsOf(at)
                .map(row => row.guid)
                .sort(),
            ),
          ]),
        )
        states.push({ eid: machine.newestEid, of })
      }
      note()
      const reads: Promise<void>[] = []
      const check = async (): Promise<void> => {
        const floor = machine.heardEid
        const { rows } = await inventory.snapshotPage({ offset: 0, limit: 100 })
        for (const at of NAMES) {
          const guids = rows.filter(row => row.dataset === at).map(row => row.guid)
          const possible = states.filter(each => each.eid >= floor).map(each => each.of.get(at))
          expect(possible, `${at} after event ${floor}`).toContain(JSON.stringify(guids.sort()))
        }
      }
      const stop = inventory.watch(() => reads.push(check()))
      await turn(30)
      for (const each of acts) {
        await each()
        note()
        await turn()
      }
      await turn(60_000)
      await hearAll()
      await answerAll()
      await Promise.all(reads)
      stop()
      inventory.close()
    }),
    { numRuns: 300 },
  )
})
