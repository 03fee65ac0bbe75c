import type { Role } from '../../server/accounts/model.ts'
import type { Dataset } from '../../server/datasets/model.ts'
import type { Pool } from '../../server/pools/model.ts'
import type { Vm } from '../../server/vms/model.ts'
import { datasetMenu } from '../datasets/menu.tsx'
import { generalImageMenu } from '../images/menu.tsx'
import type { Api } from '../links.ts'
import { generalNetworkMenu } from '../networks/menu.tsx'
import { generalPoolMenu, poolMenu } from '../pools/menu.tsx'
import type { MenuItem } from '../ui/Menu.tsx'
import { generalVmMenu, vmMenu } from '../vms/menu.tsx'
import type { OpenDialog } from './dialogs.tsx'
import type { HostPaths } from './paths.ts'
import type { ActionApi } from './useAction.ts'

/** What a menu of a thing works with: everything of the thing's own host. */
export type Tools = {
  api: Api
  /** On the host. */
  role: Role | null
  /** Its pages. */
  paths: HostPaths
  /** Why no guest can be on this host; null where they are at home, or while that is not known. */
  readonly whyNoGuests: string | null
  /** Opens a dialog: `open(close => <DestroyVmDialog vm={vm} onClose={close} />)`. */
  open: OpenDialog
  /** Plans and runs at once what needs no question; errors come as a toast. */
  act: <Input, Result>(api: ActionApi<Input, Result>, input: Input) => Promise<Result | null>
  /** Goes to a page. */
  go: (href: string) => void
}

/**
 * What can be done with one thing. The right click in the tree, the row menu of its list and the palette ("start win11")
 * all come from here: a noun has one list of its actions, in `components/<noun>/menu.tsx`.
 */
export type ThingMenus = {
  pool: (pool: Pool, tools: Tools) => MenuItem[]
  dataset: (dataset: Dataset, tools: Tools) => MenuItem[]
  vm: (vm: Vm, tools: Tools) => MenuItem[]
  /** Actions of no single thing: "Create a virtual machine". */
  general: (tools: Tools) => MenuItem[]
}

export const thingMenus: ThingMenus = {
  pool: (pool, tools) => poolMenu(pool, tools),
  dataset: datasetMenu,
  vm: vmMenu,
  general: tools => [
    ...generalVmMenu(tools),
    ...generalImageMenu(tools),
    ...generalNetworkMenu(tools),
    ...generalPoolMenu(tools),
  ],
}
