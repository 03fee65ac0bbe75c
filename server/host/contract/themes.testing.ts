/** The one list of scenarios. */
import { clones } from './stories/clones.testing.ts'
import { create } from './stories/create.testing.ts'
import { destroy } from './stories/destroy.testing.ts'
import { devices } from './stories/devices.testing.ts'
import { encryption } from './stories/encryption.testing.ts'
import { imports } from './stories/import.testing.ts'
import { list } from './stories/list.testing.ts'
import { mount } from './stories/mount.testing.ts'
import { names } from './stories/names.testing.ts'
import { pools } from './stories/pools.testing.ts'
import { properties } from './stories/properties.testing.ts'
import { rollback } from './stories/rollback.testing.ts'
import { scrub } from './stories/scrub.testing.ts'
import { send } from './stories/send.testing.ts'
import { snapshots } from './stories/snapshots.testing.ts'
import type { Theme } from './theme.testing.ts'

export const THEMES: readonly Theme[] = [
  create,
  names,
  list,
  properties,
  mount,
  snapshots,
  rollback,
  clones,
  destroy,
  send,
  encryption,
  pools,
  devices,
  scrub,
  imports,
]
