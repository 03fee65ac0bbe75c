/** netstat(1): what went over each interface since it was made. */
import * as z from 'zod/mini'
import { runOrThrow, unreadable } from './answer.ts'
import type { Host } from './host.ts'

/** `received` is what the host got from that interface: of a tap, what its guest has sent. */
export type InterfaceCounters = {
  name: string
  receivedPackets: number
  receivedBytes: number
  receiveErrors: number
  dropped: number
  sentPackets: number
  sentBytes: number
  sendErrors: number
}

const COMMAND = ['netstat', '--libxo=json', '-ibn']

// A busy interface passes 2^53 bytes: the last digits are lost, and nobody looks at them.
const count = z.number().check(
  z.minimum(0),
  z.refine(value => Number.isInteger(value) && !Object.is(value, -0)),
)
/** Rows of addresses are beside those of the interfaces and have no errors: of them only name and network are read. */
const row = z.object({ name: z.string(), network: z.optional(z.string()) })
const link = z.object({
  name: z.string().check(z.regex(/^[^\s:]+$/)),
  'received-packets': count,
  'received-errors': count,
  'dropped-packets': count,
  'received-bytes': count,
  'sent-packets': count,
  'send-errors': count,
  'sent-bytes': count,
})
const answer = z.object({ statistics: z.object({ interface: z.array(z.unknown()) }) })

/** `netstat --libxo=json -ibn`: a row for each interface (`<Link#N>`) and one for each of its addresses. */
export function parseInterfaceCounters(text: string): InterfaceCounters[] {
  const misfit = (why: string) => unreadable('netstat -ibn', text, why)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw misfit('it is not JSON')
  }
  const whole = answer.safeParse(json)
  if (!whole.success) throw misfit('it has no list of interfaces')
  const found = new Map<string, InterfaceCounters>()
  for (const each of whole.data.statistics.interface) {
    const known = row.safeParse(each)
    if (!known.success) throw misfit('a row has no name')
    if (!known.data.network?.startsWith('<Link#')) continue
    const read = link.safeParse(each)
    if (!read.success) throw misfit(`the figures of ${known.data.name} are not numbers`)
    const { name } = read.data
    if (found.has(name)) throw misfit(`${name} comes twice`)
    found.set(name, {
      name,
      receivedPackets: read.data['received-packets'],
      receivedBytes: read.data['received-bytes'],
      receiveErrors: read.data['received-errors'],
      dropped: read.data['dropped-packets'],
      sentPackets: read.data['sent-packets'],
      sentBytes: read.data['sent-bytes'],
      sendErrors: read.data['send-errors'],
    })
  }
  return [...found.values()]
}

/** Counters of every interface. AppError `unreadable`, `failed`. */
export async function readInterfaceCounters(host: Pick<Host, 'run'>): Promise<InterfaceCounters[]> {
  return parseInterfaceCounters(await runOrThrow(host, COMMAND, []))
}
