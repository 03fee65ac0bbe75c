import { type Account, roleOn } from '../accounts/model.ts'
import type { TaskScope } from '../db/tasks.ts'
import type { Fleet } from '../hosts/fleet.ts'

/** The tasks somebody may see: of hosts that are not hidden; of hosts that are gone only as an administrator. */
export function taskScope(fleet: Pick<Fleet, 'hosts'>, account: Account): TaskScope {
  if (account.role === 'administrator') {
    return { except: account.exceptions.filter(each => each.role === 'none').map(each => each.host) }
  }
  return {
    only: fleet
      .hosts()
      .map(host => host.id)
      .filter(id => roleOn(account, id) !== null),
  }
}
