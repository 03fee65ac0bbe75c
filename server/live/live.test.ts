import { describe, expect, it } from 'vitest'
import type { Change } from '../inventory/inventory.ts'
import { quietInventory } from '../testing.ts'
import { type Batch, createLiveHub, type LiveHub } from './live.ts'

function hub() {
  const inventory = quietInventory()
  return { inventory, live: createLiveHub<Change>({ watch: inventory.watch, mark: 'm' }) }
}

const vm = (key: number): Change => ({ topic: 'vm', key: String(key) })

/** A browser: its next batch, and how it leaves. */
function browser(live: LiveHub<Change>, lastId: string | null = null) {
  const leaving = new AbortController()
  const batches = live.batches(lastId, leaving.signal)
  return {
    next: async (): Promise<Batch<Change> | undefined> => (await batches.next()).value ?? undefined,
    async leave() {
      leaving.abort()
      await batches.return(undefined)
    },
  }
}

describe('live batches', () => {
  it('carry what came at the same moment together, each thing once', async () => {
    const { live } = hub()
    const one = browser(live)
    expect(await one.next()).toEqual({ id: 'm.0', changes: [{ topic: 'everything' }] })
    live.publish([vm(1), vm(2)])
    live.publish([vm(1), { topic: 'vms' }])
    expect(await one.next()).toEqual({ id: 'm.1', changes: [vm(1), vm(2), { topic: 'vms' }] })
    await one.leave()
  })

  it('are nothing but everything when everything changed', async () => {
    const { live } = hub()
    const one = browser(live)
    await one.next()
    live.publish([vm(1), { topic: 'everything' }])
    expect(await one.next()).toMatchObject({ changes: [{ topic: 'everything' }] })
    await one.leave()
  })

  it('watch the host from the first browser to the last', async () => {
    const { live, inventory } = hub()
    expect(inventory.watched()).toBe(false)
    const [one, two] = [browser(live), browser(live)]
    await Promise.all([one.next(), two.next()])
    expect(inventory.watched()).toBe(true)
    await one.leave()
    expect(inventory.watched()).toBe(true)
    await two.leave()
    expect(inventory.watched()).toBe(false)
  })

  it('go on where a browser left off while another one stayed', async () => {
    const { live, inventory } = hub()
    const stays = browser(live)
    await stays.next()
    inventory.tell([vm(1)])
    const first = await stays.next()
    inventory.tell([vm(2)])
    const second = await stays.next()
    const back = browser(live, first?.id ?? null)
    expect(await back.next()).toEqual(second)
    await stays.leave()
    await back.leave()
  })

  it.each([null, 'm.7', 'm.-1', 'm.', 'other.0', 'm.0x1', ''])(
    'are everything for the unknown id %j',
    async id => {
      const { live } = hub()
      const one = browser(live, id)
      expect((await one.next())?.changes).toEqual([{ topic: 'everything' }])
      await one.leave()
    },
  )

  it('are everything after nobody watched', async () => {
    const { live } = hub()
    const one = browser(live)
    const first = await one.next()
    await one.leave()
    const back = browser(live, first?.id ?? null)
    expect(await back.next()).toMatchObject({ changes: [{ topic: 'everything' }] })
    await back.leave()
  })

  it('end with the hub, for who waits and for who comes later', async () => {
    const { live, inventory } = hub()
    const [one, two] = [browser(live), browser(live)]
    await Promise.all([one.next(), two.next()])
    const waiting = [one.next(), two.next()]
    live.close()
    expect(await Promise.all(waiting)).toEqual([undefined, undefined])
    expect(await browser(live).next()).toBeUndefined()
    expect(live.listeners).toBe(0)
    expect(inventory.watched()).toBe(false)
  })

  it('are everything for a browser that missed more than is kept', async () => {
    const inventory = quietInventory()
    const live = createLiveHub<Change>({ watch: inventory.watch, mark: 'm', kept: 2 })
    const fast = browser(live)
    const ids = [await fast.next()]
    for (let at = 1; at <= 4; at++) {
      live.publish([vm(at)])
      ids.push(await fast.next())
    }
    const missed = async (at: number) => {
      const back = browser(live, ids[at]?.id ?? null)
      const batch = await back.next()
      await back.leave()
      return batch?.changes
    }
    expect(await missed(1)).toEqual([{ topic: 'everything' }])
    expect(await missed(2)).toEqual([vm(3)])
    expect(await missed(3)).toEqual([vm(4)])
    await fast.leave()
  })
})
