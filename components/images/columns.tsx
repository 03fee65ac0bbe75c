import type { ImageRow } from '../../server/images/model.ts'
import { Bytes } from '../ui/Bytes.tsx'
import { LongName } from '../ui/LongName.tsx'
import { Badge } from '../ui/State.tsx'
import { Time } from '../ui/Time.tsx'
import type { Column } from '../ui/table.ts'
import { formatWord, KINDS, usersWord } from './words.ts'

const missing = <span className="text-faint">–</span>

const library = (one: ImageRow): string => `${KINDS[one.kind]} · ${one.datastore}`

export const IMAGE_COLUMNS: readonly Column<ImageRow>[] = [
  {
    id: 'name',
    header: 'Name',
    min: 200,
    grow: 3,
    always: true,
    cell: one => <LongName text={one.name} />,
    sort: one => one.name,
    text: one => `${one.name} ${one.path}`,
  },
  {
    id: 'size',
    header: 'Size',
    min: 90,
    align: 'right',
    always: true,
    cell: one => <Bytes value={one.sizeBytes} />,
    sort: one => one.sizeBytes,
  },
  {
    id: 'format',
    header: 'What it is',
    min: 150,
    grow: 1,
    cell: one =>
      one.isPart ? (
        <Badge tone="warning">Incomplete</Badge>
      ) : (
        <span className="truncate">{formatWord(one)}</span>
      ),
    sort: formatWord,
    text: formatWord,
  },
  {
    id: 'users',
    header: 'Used by',
    min: 130,
    grow: 1,
    cell: one => (one.users.length === 0 ? missing : <span className="truncate">{usersWord(one)}</span>),
    sort: one => usersWord(one) || null,
    text: usersWord,
  },
  {
    id: 'library',
    header: 'Library',
    min: 180,
    cell: one => <span className="truncate">{library(one)}</span>,
    sort: library,
    text: library,
  },
  {
    id: 'changed',
    header: 'Changed',
    min: 170,
    cell: one => <Time at={one.mtimeMs} />,
    sort: one => one.mtimeMs,
  },
  {
    id: 'path',
    header: 'Path',
    min: 200,
    grow: 2,
    hidden: true,
    cell: one => <span className="truncate font-mono text-sm">{one.path}</span>,
    sort: one => one.path,
    text: one => one.path,
  },
]
