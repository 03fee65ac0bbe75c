import type { Role } from '../../server/accounts/model.ts'
import type { RadioChoice } from '../ui/Field.tsx'

/** What each role may do, in words. */
export const ROLE_CHOICES: readonly RadioChoice<Role>[] = [
  { value: 'viewer', label: 'Viewer', hint: 'Looks at everything, changes nothing.' },
  {
    value: 'operator',
    label: 'Operator',
    hint: 'Starts, stops, creates and edits guests, uses their screens, works with snapshots.',
  },
  { value: 'administrator', label: 'Administrator', hint: 'Everything, also pools, datasets and accounts.' },
]
