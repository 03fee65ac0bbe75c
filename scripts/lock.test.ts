/** The lock file must install everywhere: npm leaves out what the machine that wrote it could not use or reach. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

type Entry = {
  version?: string
  integrity?: string
  resolved?: string
  inBundle?: boolean
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}
type Lock = { packages: Record<string, Entry> }

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const { '': root, ...packages }: Lock['packages'] = JSON.parse(read('package-lock.json')).packages
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '')
const names = new Set(Object.keys(packages).map(nameOf))

describe('package-lock.json', () => {
  it('is of this package.json', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'))
    expect(root).toMatchObject({ dependencies, devDependencies, optionalDependencies })
  })

  it('names every build of every package, also for machines other than the one it was written on', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter(name => !names.has(name))
        .map(name => `${nameOf(path)} → ${name}`),
    )
    expect(missing).toEqual([])
    for (const system of ['linux', 'darwin', 'freebsd'])
      expect([...names].filter(name => name.includes(system))).not.toEqual([])
  })

  it('pins every package by its hash, and no address', () => {
    const loose = Object.entries(packages).filter(
      ([, each]) => !each.version || (!each.integrity && !each.inBundle),
    )
    expect(loose.map(([path]) => path)).toEqual([])
    expect(Object.entries(packages).filter(([, each]) => each.resolved)).toEqual([])
  })
})
