import { describe, expect, test } from 'vitest'
import type { AppError } from '../../errors.ts'
import { answering } from '../golden/answering.testing.ts'
import { factsFile, type GoldenCase } from '../golden/cases.testing.ts'
import { rollback } from './change.ts'
import { zfsRecognisers } from './errors.ts'
import { CASES, KEEP, VERSIONS } from './testing.ts'

describe('what zfs refuses', () => {
  const VERBS = [
    'create',
    'destroy',
    'snapshot',
    'rollback',
    'clone',
    'promote',
    'rename',
    'hold',
    'release',
    'set',
    'inherit',
    'list',
    'get',
    'holds',
    'bookmark',
    'mount',
  ]
  const refused = [...CASES, ...KEEP].filter(each => each.exit !== 0 && VERBS.includes(each.argv[1] ?? ''))

  function recognised(each: GoldenCase): AppError | undefined {
    const words = each.argv.slice(2)
    const snapshots = words
      .filter(word => word.includes('@'))
      .flatMap(word => (word.split('@')[1] ?? '').split(',').map(tag => `${word.split('@')[0]}@${tag}`))
    const names = [...words, ...snapshots, ...words.map(word => word.split(/[@#]/)[0] ?? '')]
    const isRecursive =
      words.some(word => /^-[a-z]*[rR]/.test(word)) || words.some(word => word.includes('%'))
    return (
      zfsRecognisers({ names, below: isRecursive ? names : [] })
        .map(recognise => recognise(each.stderr))
        .find(error => error !== null) ?? undefined
    )
  }

  test.each([...VERSIONS, 'keep'])('%s: the codes and sentences written down', async version => {
    const own = refused.filter(each =>
      version === 'keep' ? KEEP.includes(each) : each.name.startsWith(`${version}/`),
    )
    const verdicts = own.map(each => {
      const known = recognised(each)
      return [
        version === 'keep' ? each.name : each.name.slice(version.length + 1),
        known ? { code: known.code, message: known.message, names: known.detail.names } : null,
      ]
    })
    expect(verdicts.length).toBeGreaterThan(20)
    const directory = version === 'keep' ? 'keep' : `zfs/${version}`
    await expect(`${JSON.stringify(Object.fromEntries(verdicts), null, 1)}\n`).toMatchFileSnapshot(
      factsFile(directory, 'refusals'),
    )
  })

  test('nearly all are recognised', () => {
    const unknown = refused.filter(each => !recognised(each))
    expect(unknown.length / refused.length).toBeLessThan(0.1)
  })

  test('the same words about another object are not recognised', () => {
    for (const each of refused) {
      const known = zfsRecognisers({ names: ['else/where'] })
        .slice(0, 1)
        .map(recognise => recognise(each.stderr))
        .find(error => error !== null)
      expect(known).toBeUndefined()
    }
  })

  test('a roll back names everything newer, snapshots and bookmarks', async () => {
    const each = KEEP.find(known => known.name.startsWith('exact.22-rollback.sneaked'))
    const host = answering({ exit: 1, stderr: each?.stderr ?? '' })
    await expect(rollback(host, 'k/x@T')).rejects.toMatchObject({
      code: 'newer_snapshots',
      message: '“k/x@T” is not the newest: there are 3 newer snapshots or bookmarks.',
      detail: { argv: ['zfs', 'rollback', 'k/x@T'], exit: 1, names: ['k/x@b', 'k/x@sneak', 'k/x#bm'] },
    })
  })

  test('held, busy and cloned snapshots of an exact selection', () => {
    const of = (name: string) => KEEP.find(each => each.name === name)
    for (const [name, code] of [
      ['exact.03-held', 'held'],
      ['exact.10-cloned', 'has_clones'],
      ['room.05-clone', 'no_space'],
      ['collide.05-promote', 'exists'],
      ['fs.24-busy.rename', 'in_use'],
      ['undo.19-open.destroy-vol', 'in_use'],
    ] as const) {
      const each = of(name)
      expect(each, name).toBeDefined()
      expect(each && recognised(each)?.code, name).toBe(code)
    }
  })
})
