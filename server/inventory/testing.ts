/** A machine made of Maps for tests of freshness: it answers when it is told to, with what was true when it was asked. */
import { filesystem } from '../datasets/testing.ts'
import type { Property } from '../pools/model.ts'
import type { HostEvent } from './effects.ts'
import type { HostReader } from './hostReader.ts'
import type { SnapshotFigures, SnapshotRow } from './snapshotTable.ts'

type Snap = SnapshotRow & { holds: Set<string> }
type Data = { origin: string | null; compression: string; snapshots: Map<string, Snap> }

/** Events the kernel keeps for a reader that comes late, or is slow. */
const KERNEL_HOLDS = 6

type Stream = { queue: HostEvent[]; lastEid: number; wake: () => void; isOver: boolean }

export type Question = { what: string; answer: () => void }

export class ToyMachine {
  readonly datasets = new Map<string, Data>([
    ['tank', { origin: null, compression: 'on', snapshots: new Map() }],
  ])
  /** Questions under way, oldest first. */
  readonly questions: Question[] = []
  /** Everything that was asked since the start. */
  readonly asked: string[] = []
  /** When true, questions are answered at once. */
  isPrompt = false
  #events: HostEvent[] = []
  #eid = 0
  #txg = 0
  #stream: Stream | null = null
  /** The newest event that the inventory was told of, or that was there when its stream was opened. */
  heardEid = 0

  #happened(verb: string, dataset: string, text = ''): void {
    const event = {
      eid: ++this.#eid,
      class: 'sysevent.fs.zfs.history_event',
      pool: 'tank',
      dataset,
      verb,
      text,
    }
    this.#events = [...this.#events, event].slice(-KERNEL_HOLDS)
  }

  /** Every dataset with its children, then its clones' ties renamed too. */
  #rename(from: string, to: string): void {
    const renamed = (name: string): string =>
      name === from || name.startsWith(`${from}/`) || name.startsWith(`${from}@`)
        ? to + name.slice(from.length)
        : name
    const all = [...this.datasets]
    this.datasets.clear()
    for (const [name, data] of all) {
      this.datasets.set(renamed(name), { ...data, origin: data.origin && renamed(data.origin) })
    }
  }

  clonesOf(snapshot: string): string[] {
    return [...this.datasets].filter(([, data]) => data.origin === snapshot).map(([name]) => name)
  }

  #isBusy(dataset: string): boolean {
    const below = [...this.datasets.keys()].some(name => name.startsWith(`${dataset}/`))
    const tags = [...(this.datasets.get(dataset)?.snapshots.keys() ?? [])]
    return below || tags.some(tag => this.clonesOf(`${dataset}@${tag}`).length > 0)
  }

  /** A command that makes no sense now is refused like ZFS would: nothing happens. */
  create(name: string): void {
    const parent = name.slice(0, name.lastIndexOf('/'))
    if (this.datasets.has(name) || !this.datasets.has(parent)) return
    this.datasets.set(name, { origin: null, compression: 'on', snapshots: new Map() })
    this.#happened('create', name)
  }

  destroy(name: string): void {
    const data = this.datasets.get(name)
    if (!data || name === 'tank' || this.#isBusy(name)) return
    if ([...data.snapshots.values()].some(each => each.holds.size > 0)) return
    for (const tag of data.snapshots.keys()) this.#happened('destroy', `${name}@${tag}`)
    this.datasets.delete(name)
    this.#happened('destroy', name)
  }

  snapshot(dataset: string, tag: string): void {
    const data = this.datasets.get(dataset)
    if (!data || data.snapshots.has(tag)) return
    this.#txg += 1
    const row = { tag, guid: String(1000 + this.#txg), createtxg: String(this.#txg), createdAt: this.#txg }
    data.snapshots.set(tag, { ...row, holds: new Set() })
    this.#happened('snapshot', `${dataset}@${tag}`)
  }

  destroySnapshot(dataset: string, tag: string): void {
    const snapshots = this.datasets.get(dataset)?.snapshots
    const name = `${dataset}@${tag}`
    if (!snapshots?.has(tag) || snapshots.get(tag)?.holds.size || this.clonesOf(name).length > 0) return
    snapshots.delete(tag)
    this.#happened('destroy', name)
  }

  hold(dataset: string, tag: string, name: string): void {
    const holds = this.datasets.get(dataset)?.snapshots.get(tag)?.holds
    if (!holds) return
    if (holds.delete(name)) this.#happened('release', `${dataset}@${tag}`, `tag=${name} refs=1`)
    else {
      holds.add(name)
      this.#happened('hold', `${dataset}@${tag}`, `tag=${name} temp=0 refs=1`)
    }
  }

  set(dataset: string, compression: string): void {
    const data = this.datasets.get(dataset)
    if (!data) return
    data.compression = compression
    this.#happened('set', dataset, `compression=${compression}`)
  }

  rename(from: string, to: string): void {
    const parent = to.slice(0, to.lastIndexOf('/'))
    if (from === 'tank' || !this.datasets.has(from) || this.datasets.has(to)) return
    if (!this.datasets.has(parent) || `${to}/`.startsWith(`${from}/`)) return
    this.#rename(from, to)
    this.#happened('rename', from, `-> ${to}`)
  }

  clone(snapshot: string, to: string): void {
    const [dataset = '', tag = ''] = snapshot.split('@')
    if (!this.datasets.get(dataset)?.snapshots.has(tag) || this.datasets.has(to)) return
    if (!this.datasets.has(to.slice(0, to.lastIndexOf('/')))) return
    this.datasets.set(to, { origin: snapshot, compression: 'on', snapshots: new Map() })
    this.#happened('clone', to, `origin=${snapshot} (721)`)
  }

  /** Snapshots up to the origin move over, with the clones that hang on them. */
  promote(clone: string): void {
    const data = this.datasets.get(clone)
    const [parent = '', tag = ''] = data?.origin?.split('@') ?? []
    const from = this.datasets.get(parent)
    const at = from?.snapshots.get(tag)
    if (!data || !from || !at) return
    const moving = [...from.snapshots.values()].filter(each => Number(each.createtxg) <= Number(at.createtxg))
    if (moving.some(each => data.snapshots.has(each.tag))) return
    for (const each of moving) {
      for (const name of this.clonesOf(`${parent}@${each.tag}`)) {
        const other = this.datasets.get(name)
        if (other) other.origin = `${clone}@${each.tag}`
      }
      from.snapshots.delete(each.tag)
    }
    data.snapshots = new Map([...moving.map(each => [each.tag, each] as const), ...data.snapshots])
    data.origin = from.origin
    from.origin = `${clone}@${tag}`
    this.#happened('promote', clone, ' ')
  }

  /** What is newer is destroyed first, each with its event, as `zfs rollback -r` does. */
  rollback(dataset: string, tag: string): void {
    const snapshots = this.datasets.get(dataset)?.snapshots
    const to = snapshots?.get(tag)
    if (!snapshots || !to) return
    for (const each of [...snapshots.values()]) {
      if (Number(each.createtxg) > Number(to.createtxg)) this.destroySnapshot(dataset, each.tag)
    }
    this.#happened('clone swap', `${dataset}/%rollback`, `parent=${dataset.split('/').at(-1)}`)
  }

  /** Lets the stream's reader have the next event; what the kernel no longer holds is lost. False when there is none. */
  tellNext(): boolean {
    const stream = this.#stream
    const next = this.#events.find(event => (event.eid ?? 0) > (stream?.lastEid ?? 0))
    if (!stream || !next) return false
    stream.lastEid = next.eid ?? 0
    this.heardEid = Math.max(this.heardEid, stream.lastEid)
    stream.queue.push(next)
    stream.wake()
    return true
  }

  get isStreaming(): boolean {
    return this.#stream !== null
  }

  get newestEid(): number {
    return this.#eid
  }

  endStream(): void {
    if (!this.#stream) return
    this.#stream.isOver = true
    this.#stream.wake()
    this.#stream = null
  }

  async *#follow(stream: Stream): AsyncGenerator<HostEvent> {
    for (;;) {
      const event = stream.queue.shift()
      if (event) yield event
      else if (stream.isOver) return
      else
        await new Promise<void>(resolve => {
          stream.wake = resolve
        })
    }
  }

  /** The worst a real host can do: the answer is what was true when the question came, however late it is given. */
  #asked<T>(what: string, look: () => T): Promise<T> {
    const seen = look()
    this.asked.push(what)
    if (this.isPrompt) return Promise.resolve(seen)
    return new Promise(resolve => {
      const question = {
        what,
        answer: () => {
          this.questions.splice(this.questions.indexOf(question), 1)
          resolve(seen)
        },
      }
      this.questions.push(question)
    })
  }

  rowsOf(dataset: string): SnapshotRow[] {
    const snapshots = this.datasets.get(dataset)?.snapshots.values() ?? []
    return [...snapshots].map(({ tag, guid, createtxg, createdAt }) => ({ tag, guid, createtxg, createdAt }))
  }

  figuresOf(dataset: string): [string, SnapshotFigures][] {
    return [...(this.datasets.get(dataset)?.snapshots.values() ?? [])].map(({ tag, holds }) => {
      const name = `${dataset}@${tag}`
      const figures = { usedBytes: 1, referencedBytes: 1, holds: holds.size, clones: this.clonesOf(name) }
      return [name, figures]
    })
  }

  reader(): HostReader {
    const names = () => [...this.datasets.keys()]
    return {
      pools: async () => [],
      pool: () => Promise.reject(new Error('Nobody asks for a pool here.')),
      networks: () => Promise.reject(new Error('Nobody asks for networks here.')),
      images: () => Promise.reject(new Error('Nobody asks for images here.')),
      facts: () => Promise.reject(new Error('Nobody asks for facts here.')),
      vms: async () => [],
      vmMarks: async () => {
        this.asked.push('guests')
        return new Map()
      },
      heartbeat: async () => undefined,
      bookmarks: async () => [],
      datasets: () =>
        this.#asked('datasets', () =>
          [...this.datasets].map(([name, { origin }]) => filesystem(name, { origin })),
        ),
      properties: dataset =>
        this.#asked(`properties ${dataset}`, () => {
          const value = this.datasets.get(dataset)?.compression ?? 'gone'
          const source: Property['source'] = 'local'
          return [{ name: 'compression', value, source, inheritedFrom: null, received: null }]
        }),
      holds: snapshot =>
        this.#asked(`holds ${snapshot}`, () => {
          const [dataset = '', tag = ''] = snapshot.split('@')
          const holds = this.datasets.get(dataset)?.snapshots.get(tag)?.holds ?? []
          return [...holds].map(each => ({ snapshot, tag: each, createdAt: 0 }))
        }),
      snapshots: {
        rows: of =>
          this.#asked(`rows ${of?.join(' ') ?? 'all'}`, () => {
            const there = (of ?? names()).filter(name => this.datasets.has(name))
            return new Map(there.map(name => [name, this.rowsOf(name)]))
          }),
        figures: of =>
          this.#asked(`figures ${JSON.stringify(of)}`, () => {
            const all = new Map(names().flatMap(name => this.figuresOf(name)))
            const isMeant = (name: string): boolean => {
              if (of === 'all') return true
              return 'names' in of ? of.names.includes(name) : name.startsWith(`${of.dataset}@`)
            }
            return new Map([...all].filter(([name]) => isMeant(name)))
          }),
      },
      events: {
        newestEid: async () => this.#eid,
        open: async () => {
          this.endStream()
          const stream: Stream = { queue: [], lastEid: 0, wake: () => undefined, isOver: false }
          this.#stream = stream
          this.heardEid = this.#eid
          return {
            events: this.#follow(stream),
            ended: Promise.resolve('over'),
            kill: () => this.endStream(),
          }
        },
      },
    }
  }
}
