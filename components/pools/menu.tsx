'use client'
import { lazy } from 'react'
import {
  disabledFeatures,
  type Pool,
  type PoolDetail,
  type Scan,
  type ScrubVerb,
} from '../../server/pools/model.ts'
import { createFilesystem, createVolume } from '../datasets/menu.tsx'
import type { Tools } from '../shell/actions.ts'
import { roleReason } from '../shell/me.ts'
import { takeSnapshot } from '../snapshots/menu.tsx'
import type { MenuItem } from '../ui/Menu.tsx'

const CreatePoolDialog = lazy(() => import('./CreatePoolDialog.tsx'))
const ImportPoolDialog = lazy(() => import('./ImportPoolDialog.tsx'))
const ExportPoolDialog = lazy(() => import('./ExportPoolDialog.tsx'))
const UpgradePoolDialog = lazy(() => import('./UpgradePoolDialog.tsx'))
const DestroyPoolDialog = lazy(() => import('./DestroyPoolDialog.tsx'))

/** Why this account may not make pools, or bring them in. */
export function newPoolReason({ role }: Tools): string | null {
  return roleReason(role, 'administrator')
}
export function createPool({ open }: Tools): void {
  open(close => <CreatePoolDialog onClose={close} />)
}
export function importPool({ open }: Tools): void {
  open(close => <ImportPoolDialog onClose={close} />)
}

/** What concerns no pool in particular. */
export function generalPoolMenu(tools: Tools): MenuItem[] {
  const disabled = newPoolReason(tools)
  return [
    { label: 'Create a pool…', disabled, onSelect: () => createPool(tools) },
    { label: 'Import a pool…', disabled, onSelect: () => importPool(tools) },
  ]
}

/** Why a scrub cannot be started, paused or stopped now; null when it can, or when the scan is not known here. */
export function scrubReason(scan: Scan | null, verb: ScrubVerb): string | null {
  if (!scan) return null
  const scrubbing = scan.kind === 'scrub' && (scan.state === 'running' || scan.state === 'paused')
  if (scan.kind === 'resilver' && scan.state === 'running') return 'The pool is resilvering.'
  if (verb === 'start') return scrubbing && scan.state === 'running' ? 'It is being scrubbed.' : null
  if (verb === 'pause') return scrubbing && scan.state === 'running' ? null : 'No scrub is running.'
  return scrubbing ? null : 'No scrub is running.'
}

export function scrub(pool: string, verb: ScrubVerb, { api, act }: Tools): void {
  void act(api.pools.scrub, { pool, verb })
}

export function upgradePool(pool: string, { open }: Tools): void {
  open(close => <UpgradePoolDialog pool={pool} onClose={close} />)
}

/** Why its features cannot be enabled; null when they can. */
export function upgradeReason(pool: PoolDetail): string | null {
  return disabledFeatures(pool).length === 0 ? 'Every feature is enabled already.' : null
}

/** What can be done with a pool; `detail` is known on its own page. */
export function poolMenu(pool: Pool, tools: Tools, detail: PoolDetail | null = null): MenuItem[] {
  const scan = detail?.scan ?? null
  const administrator = roleReason(tools.role, 'administrator')
  const item = (verb: ScrubVerb, label: string): MenuItem => ({
    label,
    disabled: administrator ?? scrubReason(scan, verb),
    onSelect: () => scrub(pool.name, verb, tools),
  })
  return [
    {
      label: 'Take snapshot…',
      disabled: roleReason(tools.role, 'operator'),
      onSelect: () => takeSnapshot(tools, [pool.name]),
    },
    { label: 'Create zvol…', disabled: administrator, onSelect: () => createVolume(tools, pool.name) },
    {
      label: 'Create filesystem…',
      disabled: administrator,
      onSelect: () => createFilesystem(tools, pool.name),
    },
    { label: 'Show its root dataset', onSelect: () => tools.go(tools.paths.dataset(pool.name)) },
    'separator',
    item('start', scan?.state === 'paused' ? 'Resume scrub' : 'Start scrub'),
    item('pause', 'Pause scrub'),
    item('stop', 'Stop scrub'),
    'separator',
    {
      label: 'Enable new features…',
      disabled: administrator ?? (detail && upgradeReason(detail)),
      onSelect: () => upgradePool(pool.name, tools),
    },
    'separator',
    {
      label: 'Export…',
      disabled: administrator,
      onSelect: () => tools.open(close => <ExportPoolDialog pool={pool.name} onClose={close} />),
    },
    {
      label: 'Destroy…',
      danger: true,
      disabled: administrator,
      onSelect: () => tools.open(close => <DestroyPoolDialog pool={pool.name} onClose={close} />),
    },
  ]
}
