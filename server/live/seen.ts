import type { Account } from '../accounts/model.ts'
import { inScope } from '../db/tasks.ts'
import type { Fleet } from '../hosts/fleet.ts'
import { taskScope } from '../tasks/scope.ts'
import type { ConsoleChange } from './live.ts'

/** What of these changes may be told to somebody: nothing of hosts that are hidden from them. */
export function seenBy(
  account: Account,
  fleet: Pick<Fleet, 'hosts'>,
  changes: readonly ConsoleChange[],
): ConsoleChange[] {
  const scope = taskScope(fleet, account)
  return changes.filter(change => change.topic !== 'task' || inScope(scope, change.host))
}
