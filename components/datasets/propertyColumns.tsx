import type { Property } from '../../server/pools/model.ts'
import type { Column } from '../ui/table.ts'
import { propertyText } from './propertyText.ts'

/** Where a value comes from, in words. */
export function sourceWords(property: Property): string {
  switch (property.source) {
    case 'local':
      return 'set here'
    case 'inherited':
      return property.inheritedFrom ? `inherited from ${property.inheritedFrom}` : 'inherited'
    case 'received':
      return 'received'
    case 'temporary':
      return 'temporary, by its mount'
    case 'default':
      return 'default'
    case 'none':
      return 'figure'
  }
}

export const PROPERTY_COLUMNS: readonly Column<Property>[] = [
  {
    id: 'name',
    header: 'Property',
    min: 160,
    grow: 1,
    always: true,
    cell: row => <span className="truncate font-mono text-sm">{row.name}</span>,
    sort: row => row.name,
    text: row => row.name,
  },
  {
    id: 'value',
    header: 'Value',
    min: 150,
    grow: 2,
    always: true,
    cell: row => (
      <span className="truncate font-mono text-sm" title={row.value}>
        {propertyText(row.name, row.value)}
      </span>
    ),
    sort: row => row.value,
    text: row => row.value,
  },
  {
    id: 'source',
    header: 'Source',
    min: 130,
    grow: 1,
    cell: row => (
      <span className={row.source === 'local' ? 'truncate font-medium' : 'truncate text-muted'}>
        {sourceWords(row)}
      </span>
    ),
    sort: row => sourceWords(row),
    text: row => sourceWords(row),
  },
  {
    id: 'received',
    header: 'Received',
    min: 110,
    cell: row => row.received ?? <span className="text-faint">–</span>,
    sort: row => row.received,
    hidden: true,
  },
]
