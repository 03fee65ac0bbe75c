/** No reader takes for the host's state what was asked for before a change it could know of. */
import { describe, expect, it, vi } from 'vitest'
import {
  answerAll,
  begin,
  everything,
  hearAll,
  inventory,
  known,
  machine,
  page,
  snapshotsNow,
  stopped,
  told,
  turn,
} from './freshness.testing.ts'

describe('a reading that began before a change', () => {
  it('is not what one who reads after the change is told gets', async () => {
    await known()
    machine.snapshot('tank/a', 'two')
    await hearAll()
    const early = page()
    await turn()
    expect(machine.questions.map(each => each.what)).toEqual(['rows tank/a'])
    machine.snapshot('tank/a', 'three')
    await hearAll()
    const late = page()
    await answerAll()
    expect(await late).toEqual(snapshotsNow())
    expect(await early).toHaveLength(3)
  })

  it('is waited for by one who comes while it is under way, not overtaken with the old copy', async () => {
    await known()
    machine.snapshot('tank/a', 'two')
    machine.set('tank/a', 'zstd')
    await hearAll()
    expect(told).toContainEqual({ topic: 'snapshots', key: 'tank/a' })
    const reads = [page(), page(), inventory.datasets(), inventory.datasets()]
    await answerAll()
    const [one, other, list, otherList] = await Promise.all(reads)
    expect(one).toEqual(snapshotsNow())
    expect(other).toEqual(one)
    expect(otherList).toEqual(list)
    expect(machine.asked.filter(each => each === 'rows tank/a')).toHaveLength(1)
    expect(machine.asked.filter(each => each === 'datasets')).toHaveLength(1)
  })

  it('counts for no change of one dataset that came during it, however many those are', async () => {
    await known()
    machine.snapshot('tank/a', 'two')
    await hearAll()
    const first = page()
    await turn()
    for (const tag of ['three', 'four']) {
      machine.snapshot('tank/a', tag)
      await hearAll()
    }
    const last = page()
    await answerAll()
    await first
    expect(await last).toEqual(snapshotsNow())
    expect(machine.asked.filter(each => each.startsWith('rows'))).toEqual(['rows tank/a', 'rows tank/a'])
  })

  it('does not pass for the newest figures', async () => {
    await known()
    machine.snapshot('tank/a', 'two')
    await hearAll()
    const first = page()
    await turn()
    machine.questions[0]?.answer()
    await turn()
    expect(machine.questions.map(each => each.what)).toEqual([expect.stringContaining('figures')])
    machine.hold('tank/a', 'one', 'keep')
    await hearAll()
    await answerAll()
    await first
    const last = page()
    await answerAll()
    expect(await last).toEqual(['tank/a@one 1 ', 'tank/a@two 0 '])
  })

  it.each(['rename', 'promote', 'rollback', 'destroy'])(
    'is nothing that a %s of what it read is missing in',
    async verb => {
      begin()
      machine.isPrompt = true
      machine.create('tank/a')
      machine.create('tank/a/child')
      machine.snapshot('tank/a', 'one')
      machine.snapshot('tank/a/child', 'kid')
      machine.clone('tank/a@one', 'tank/c')
      machine.snapshot('tank/c', 'own')
      stopped.push(inventory.watch(changes => told.push(...changes)))
      await turn(30)
      machine.isPrompt = false
      // The index is being built for the first time.
      const building = page()
      await turn()
      expect(machine.questions.map(each => each.what)).toEqual(['rows all'])
      if (verb === 'rename') machine.rename('tank/a', 'tank/z')
      if (verb === 'promote') machine.promote('tank/c')
      if (verb === 'rollback') machine.rollback('tank/a', 'one')
      if (verb === 'destroy') {
        machine.destroySnapshot('tank/a/child', 'kid')
        machine.destroy('tank/a/child')
      }
      await hearAll()
      const after = page()
      await answerAll()
      await building
      expect(await after).toEqual(snapshotsNow())
    },
  )
})

it('names clones by their new names, also when what is above them was renamed', async () => {
  await known()
  machine.isPrompt = true
  machine.create('tank/b')
  machine.clone('tank/a@one', 'tank/b/x')
  await hearAll()
  expect(await page()).toEqual(['tank/a@one 0 tank/b/x'])
  machine.rename('tank/b', 'tank/c')
  await hearAll()
  expect(await page()).toEqual(['tank/a@one 0 tank/c/x'])
})

describe('without a viewer', () => {
  it('nothing is asked, no stream is open and no timer runs; the next viewer finds everything watched again', async () => {
    begin({ vmPollMs: 500, figuresPollMs: 10_000, graceMs: 30_000 })
    machine.isPrompt = true
    await everything()
    expect(machine.isStreaming).toBe(false)
    expect(vi.getTimerCount()).toBe(0)

    const leave = inventory.watch(() => undefined)
    await turn(60_000)
    expect(machine.isStreaming).toBe(true)
    expect(machine.asked.filter(each => each === 'guests').length).toBeGreaterThan(100)
    leave()
    machine.asked.length = 0
    // Somebody who only loads a page anew finds the stream open; the polls rest at once.
    await turn(29_000)
    expect(machine.isStreaming).toBe(true)
    await turn(2000)
    expect(machine.isStreaming).toBe(false)
    await turn(3_600_000)
    expect(machine.asked).toEqual([])
    expect(vi.getTimerCount()).toBe(0)

    machine.snapshot('tank', 'unseen')
    stopped.push(inventory.watch(changes => told.push(...changes)))
    await turn(1000)
    expect(told).toContainEqual({ topic: 'everything' })
    expect(await page()).toEqual(snapshotsNow())
    // One round each half second: the rounds of before have not come back beside the new ones.
    expect(machine.asked.filter(each => each === 'guests')).toHaveLength(2)
  })
})

describe('a host that never rests', () => {
  it('keeps nobody waiting for ever', async () => {
    await known()
    machine.snapshot('tank/a', 'two')
    await hearAll()
    let isAnswered = false
    const read = page().then(() => {
      isAnswered = true
    })
    for (let change = 0; change < 20 && !isAnswered; change += 1) {
      await turn()
      machine.snapshot('tank/a', `x${change}`)
      await hearAll()
      for (const question of [...machine.questions]) question.answer()
      await turn()
    }
    expect(isAnswered).toBe(true)
    await read
  })
})
