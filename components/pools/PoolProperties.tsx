'use client'
import { lazy } from 'react'
import { POOL_SETTINGS, type PoolDetail, type Property } from '../../server/pools/model.ts'
import { PROPERTY_COLUMNS } from '../datasets/propertyColumns.tsx'
import { roleReason } from '../shell/me.ts'
import { useTools } from '../shell/useTools.ts'
import { copyText } from '../ui/Copy.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import type { MenuItem } from '../ui/Menu.tsx'

const SetPoolPropertyDialog = lazy(() => import('./SetPoolPropertyDialog.tsx'))

/** Why it is not set here; null when it is. */
function fixedReason(property: Property): string | null {
  if (Object.hasOwn(POOL_SETTINGS, property.name)) return null
  return property.source === 'none'
    ? 'It is a figure that ZFS keeps itself.'
    : 'It is given when a pool is made or imported.'
}

/** Every property of the pool; its settings are set here. */
export function PoolProperties({ pool }: { pool: PoolDetail }) {
  const tools = useTools()
  const role = roleReason(tools.role, 'administrator')
  const edit = (property: Property) =>
    tools.open(close => <SetPoolPropertyDialog pool={pool.name} property={property} onClose={close} />)

  function menu(property: Property): MenuItem[] {
    return [
      { label: 'Set…', disabled: role ?? fixedReason(property), onSelect: () => edit(property) },
      { label: 'Copy the value', onSelect: () => void copyText(property.value) },
    ]
  }
  return (
    <DataTable
      name="pool-properties"
      label={`Properties of ${pool.name}`}
      columns={PROPERTY_COLUMNS}
      rows={pool.properties}
      rowId={row => row.name}
      initialSort={{ column: 'name', descending: false }}
      filterLabel="Filter properties"
      onOpen={row => !role && !fixedReason(row) && edit(row)}
      menu={menu}
      empty={<EmptyState title="No properties." />}
    />
  )
}
