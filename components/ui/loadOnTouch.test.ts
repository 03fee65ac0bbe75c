import { expect, test } from 'vitest'
import { loadOnTouch } from './loadOnTouch.ts'

test('a part is fetched once, and again only when it could not be', async () => {
  const answers = [
    () => Promise.reject(new Error('the console is away')),
    () => Promise.resolve('the part'),
    () => Promise.reject(new Error('a third time')),
  ]
  const load = loadOnTouch(() => (answers.shift() ?? (() => Promise.resolve('a fourth time')))())
  const [first, second] = [load(), load()]
  await expect(first).rejects.toThrow('away')
  await expect(second).rejects.toThrow('away')
  expect(await load()).toBe('the part')
  expect(await load()).toBe('the part')
})

test('the first sign of a person fetches what waits, and what comes later at once', async () => {
  const page = new EventTarget()
  Object.assign(globalThis, { window: page })
  try {
    const fetched: string[] = []
    const part = (name: string) => async () => void fetched.push(name)
    loadOnTouch(part('menu'))
    loadOnTouch(part('tooltip'))
    expect(fetched).toEqual([])
    page.dispatchEvent(new Event('keydown'))
    page.dispatchEvent(new Event('pointermove'))
    expect(fetched).toEqual(['menu', 'tooltip'])
    loadOnTouch(part('message'))
    expect(fetched).toEqual(['menu', 'tooltip', 'message'])
  } finally {
    Reflect.deleteProperty(globalThis, 'window')
  }
})
