import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLocks } from './locks.ts'

const holder = (taskId: number) => ({ taskId, title: `Task ${taskId}`, userName: 'olga' })

describe('locks', () => {
  it('are taken all or none', () => {
    const locks = createLocks()
    locks.take(['vm:b'], holder(1))
    expect(() => locks.take(['vm:a', 'vm:b'], holder(2))).toThrow(/b is in use by the task "Task 1" of olga/)
    locks.take(['vm:a'], holder(3))
  })

  it('of a subtree exclude everything in it and nothing beside it', () => {
    const locks = createLocks()
    locks.take(['dataset:tank/vms/**'], holder(1))
    for (const name of [
      'dataset:tank/vms',
      'dataset:tank/vms/web1',
      'dataset:tank/vms/web1/**',
      'dataset:tank/**',
    ]) {
      expect(() => locks.take([name], holder(2)), name).toThrow(/in use/)
    }
    for (const name of ['dataset:tank', 'dataset:tank/vmsx', 'vm:tank/vms/web1']) {
      expect(() => locks.take([name], holder(2)), name).not.toThrow()
    }
  })

  it('tell whether somebody was there in between', () => {
    const locks = createLocks()
    const mark = locks.mark()
    expect(locks.touchedSince(['vm:a'], mark)).toBe(false)
    locks.take(['vm:a'], holder(1))()
    expect(locks.touchedSince(['vm:a'], mark)).toBe(true)
    expect(locks.touchedSince(['vm:b'], mark)).toBe(false)
    expect(locks.touchedSince(['vm:a'], locks.mark())).toBe(false)
  })

  it('never let two tasks hold one name, in whatever order they come and go', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 })
    const step = fc.record({ task: fc.nat(4), names })
    fc.assert(
      fc.property(fc.array(step), steps => {
        const locks = createLocks()
        const held = new Map<number, { names: string[]; release: () => void }>()
        for (const { task, names } of steps) {
          const mine = held.get(task)
          if (mine) {
            mine.release()
            held.delete(task)
            continue
          }
          const taken = [...held.values()].flatMap(one => one.names)
          const free = names.every(name => !taken.includes(name))
          if (free) held.set(task, { names, release: locks.take(names, holder(task)) })
          else expect(() => locks.take(names, holder(task))).toThrow(/in use/)
        }
      }),
    )
  })
})
