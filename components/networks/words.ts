import type { SwitchKind, SwitchRow } from '../../server/networks/model.ts'
import type { Tone } from '../ui/State.tsx'

export const KINDS: Record<SwitchKind, { word: string; about: string }> = {
  standard: { word: 'Standard', about: 'A bridge that vm-bhyve makes when the machine starts.' },
  manual: { word: 'Manual', about: 'A bridge that somebody else makes; guests are plugged into it.' },
  vxlan: { word: 'VXLAN', about: 'A bridge over a VXLAN tunnel. Skep shows it and does not change it.' },
  vale: { word: 'VALE', about: 'A switch of netmap(4), which ifconfig does not show.' },
  netgraph: { word: 'Netgraph', about: 'A bridge node of netgraph(4), which ifconfig does not show.' },
  unknown: { word: 'Unknown', about: 'A type that vm-bhyve does not know.' },
}

export function kindWord({ kind, declared }: Pick<SwitchRow, 'kind' | 'declared'>): string {
  return declared?.vlan ? `${KINDS[kind].word}, VLAN ${declared.vlan}` : KINDS[kind].word
}

/** What a switch is doing: shape, word. */
export function switchState(one: SwitchRow): { tone: Tone; word: string } {
  if (!one.declared) return { tone: 'warning', word: 'Not declared' }
  if (one.kind === 'vale' || one.kind === 'netgraph') return { tone: 'idle', word: 'Declared' }
  if (one.bridge === null) return { tone: 'bad', word: 'No bridge' }
  if (one.differences.length > 0) return { tone: 'warning', word: 'Differs' }
  return one.isUp ? { tone: 'ok', word: 'Up' } : { tone: 'idle', word: 'Down' }
}
