import type { Role } from '../accounts/model.ts'
import type { Capability, HostFacts, HostStatus } from '../system/model.ts'

/** What everybody who may see a host sees of it. */
export type HostSummary = {
  /** Stands in addresses and never changes. */
  id: string
  name: string
  /** The caller's role there. */
  role: Role
  status: HostStatus
  glance: Glance | null
}

/** A host at a glance, as it was at the last look. */
export type Glance = {
  at: number
  pools: number
  /** Pools that are not online, by name. */
  unwell: string[]
  /** The pool with the least room, null where there is none. */
  fullest: { name: string; percent: number } | null
  vms: number
  running: number
  crashed: number
}

/** How Skep signs in at an address of SSH. */
export type SignIn = {
  /** The pinned host key: `SHA256:…`. */
  hostKey: string
  /** Skep's own key, the agent of the console's process, or a key file of the console's machine. */
  identity: 'own' | 'agent' | `file:${string}`
  privilege: 'none' | 'doas' | 'sudo'
}

/** What is seen at first contact, before anybody signs in, and the line that lets Skep's own key in. */
export type Contact = { fingerprint: string; type: string; publicKeyLine: string }

/** A host as administrators see it: also where it is. */
export type HostConfig = {
  id: string
  name: string
  address: string
  /** Given by SKEP_HOST: it is always there. */
  isFirst: boolean
  addedAt: number | null
  addedBy: string | null
  /** Null for hosts that are not reached over SSH. */
  signIn: SignIn | null
  status: HostStatus
}

/** What was found at an address. */
export type HostTrial = { facts: HostFacts; capabilities: Capability[] }

/** First segments of addresses that belong to pages of Skep itself, now or some day: no host may be called so. */
const RESERVED = new Set([
  'accounts',
  'api',
  'datasets',
  'favicon',
  'help',
  'hosts',
  'icon',
  'images',
  'login',
  'networks',
  'overview',
  'pools',
  'public',
  'schedules',
  'setup',
  'snapshots',
  'static',
  'system',
  'tasks',
  'vms',
  'ws',
])

const HOST_ID = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/

/** Whether this can name a host in an address. */
function isHostId(text: string): boolean {
  return HOST_ID.test(text) && !RESERVED.has(text)
}

/** How a host called `name` stands in addresses; `taken` are those of the others. */
export function hostIdOf(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 28)
    .replace(/^-+|-+$/g, '')
  const base = plain || 'host'
  for (let count = 1; ; count++) {
    const id = count === 1 ? base : `${base}-${count}`
    if (isHostId(id) && !taken.includes(id)) return id
  }
}
