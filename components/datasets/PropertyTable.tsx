'use client'
import { lazy } from 'react'
import type { DatasetDetail } from '../../server/datasets/model.ts'
import type { Property } from '../../server/pools/model.ts'
import { roleReason } from '../shell/me.ts'
import { useTools } from '../shell/useTools.ts'
import { copyText } from '../ui/Copy.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import type { MenuItem } from '../ui/Menu.tsx'
import { PROPERTY_COLUMNS } from './propertyColumns.tsx'

const SetPropertyDialog = lazy(() => import('./SetPropertyDialog.tsx'))
const InheritPropertyDialog = lazy(() => import('./InheritPropertyDialog.tsx'))

/** Every property with its value and where the value comes from; set here, or inherit again. */
export function PropertyTable({ dataset }: { dataset: DatasetDetail }) {
  const tools = useTools()
  const role = roleReason(tools.role, 'administrator')
  const edit = (property: Property) =>
    tools.open(close => <SetPropertyDialog dataset={dataset.name} property={property} onClose={close} />)
  // What ZFS gives no source for is a figure, not a setting (zfs-get(8)).
  const figure = (property: Property) =>
    property.source === 'none' ? 'It is a figure that ZFS keeps itself.' : null

  function menu(property: Property): MenuItem[] {
    return [
      { label: 'Set…', disabled: role ?? figure(property), onSelect: () => edit(property) },
      {
        label: 'Inherit…',
        disabled:
          role ??
          figure(property) ??
          (property.source === 'local' || property.source === 'received' ? null : 'It is inherited already.'),
        onSelect: () =>
          tools.open(close => (
            <InheritPropertyDialog dataset={dataset.name} property={property} onClose={close} />
          )),
      },
      { label: 'Copy the value', onSelect: () => void copyText(property.value) },
    ]
  }
  return (
    <DataTable
      name="properties"
      label={`Properties of ${dataset.name}`}
      columns={PROPERTY_COLUMNS}
      rows={dataset.properties}
      rowId={row => row.name}
      initialSort={{ column: 'name', descending: false }}
      filterLabel="Filter properties"
      onOpen={row => !role && !figure(row) && edit(row)}
      menu={menu}
      empty={<EmptyState title="No properties." />}
    />
  )
}
