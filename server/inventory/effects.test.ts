import { describe, expect, it } from 'vitest'
import { parsePoolEvents } from '../host/zpool/events.ts'
import { changesOf, effectOf, type HostEvent } from './effects.ts'
import { Origins } from './origins.ts'

function event(verb: string | null, dataset: string | null, text: string | null = null): HostEvent {
  return { eid: 1, class: 'sysevent.fs.zfs.history_event', pool: 'tank', dataset, verb, text }
}

const told = (of: HostEvent): string[] =>
  changesOf(effectOf(of), []).map(each => ('key' in each ? `${each.topic} ${each.key}` : each.topic))

describe('what an event makes untrue', () => {
  it.each([
    [event('snapshot', 'tank/a@x'), ['dataset tank/a', 'snapshots tank/a']],
    [event('destroy', 'tank/a@x'), ['dataset tank/a', 'snapshots tank/a']],
    [event('hold', 'tank/a@x', 'tag=keep temp=0 refs=1'), ['dataset tank/a', 'snapshots tank/a']],
    [event('create', 'tank/a'), ['datasets', 'dataset tank/a']],
    [event('set', 'tank/a', 'compression=15'), ['datasets', 'dataset tank/a']],
    [event('destroy', 'tank/a'), ['datasets', 'dataset tank/a', 'snapshots tank/a']],
    [
      event('rename', 'tank/a', '-> tank/b'),
      ['datasets', 'dataset tank/a', 'dataset tank/b', 'snapshots tank/a', 'snapshots tank/b'],
    ],
    // As OpenZFS 2.4.4 tells of a roll back: of a hidden clone.
    [event('clone swap', 'tank/a/%rollback', 'parent=a'), ['dataset tank/a', 'snapshots tank/a']],
    [event('remove bookmark', 'tank/a', 'name=b'), ['dataset tank/a', 'snapshots tank/a']],
    [event('something new', 'tank/a'), ['datasets', 'dataset tank/a', 'snapshots tank/a']],
    [event('scan setup', null), ['pool tank']],
  ])('%j', (of, expected) => {
    expect(told(of)).toEqual(expected)
  })

  it('reads everything when pools come or go', () => {
    const text =
      'Nov 22 2026 10:17:04.239151312\tsysevent.fs.zfs.pool_create\n        pool = "tank"\n        eid = 0x1\n\n'
    expect(parsePoolEvents(text).flatMap(told)).toEqual(['everything'])
  })
})

describe('which datasets clones tie together', () => {
  it('is followed through clone, rename, promote and destroy', () => {
    const origins = new Origins()
    expect(origins.follow(event('clone', 'tank/c', 'origin=tank/a@x (721)'))).toEqual(['tank/a'])
    expect(origins.follow(event('rename', 'tank/a', '-> tank/b'))).toEqual(['tank/c'])
    expect(origins.follow(event('promote', 'tank/c', ' '))).toEqual(['tank/b'])
    expect(origins.follow(event('destroy', 'tank/b', ''))).toEqual(['tank/c'])
    expect(origins.follow(event('promote', 'tank/unknown', ' '))).toEqual([])
  })
})
