/** `zfs`: OpenZFS 2.2 as FreeBSD 14 has it. Where 2.1 and 2.3 differ, the newer words are used, but no JSON. */
import { ok, type Program, type ProgramResult } from '../programs.ts'
import type { World } from '../world.ts'
import { logCommand } from '../zpool/history.ts'
import { create } from './create.ts'
import { destroy } from './destroy.ts'
import { get } from './get.ts'
import { hold, holds, release } from './hold.ts'
import { list } from './list.ts'
import { mount, unmount } from './mounts.ts'
import { refused } from './output.ts'
import { rename } from './rename.ts'
import { clone, promote, rollback } from './rollback.ts'
import { inherit, set } from './set.ts'
import { bookmark, snapshot } from './snapshot.ts'
import { poolOf } from './targets.ts'
import { usageOfAll } from './usage.ts'

export const ZFS_VERSION = '2.2.7-FreeBSD_ge269af1b3'

type Verb = (world: World, words: readonly string[]) => ProgramResult

const VERBS: Record<string, Verb> = {
  version: () => ok(`zfs-${ZFS_VERSION}\nzfs-kmod-${ZFS_VERSION}\n`),
  list,
  get,
  set,
  inherit,
  create,
  destroy,
  snapshot,
  snap: snapshot,
  rollback,
  clone,
  promote,
  rename,
  bookmark,
  hold,
  holds,
  release,
  mount,
  unmount,
  umount: unmount,
}

/** Real verbs the sandbox has no machinery for. */
const ABSENT =
  'send receive recv allow unallow diff userspace groupspace projectspace project share unshare load-key unload-key change-key redact wait program upgrade jail unjail'.split(
    ' ',
  )

/** What `zpool history` keeps. */
const CHANGING =
  'set inherit create destroy snapshot snap rollback clone promote rename bookmark hold release'.split(' ')

/** The pool is the one its operands name. */
function remember(world: World, argv: readonly string[]): void {
  const name = argv.findLast(word => poolOf(world, word) !== null)
  const pool = name === undefined ? null : poolOf(world, name)
  if (pool && !argv.some(word => /^-[a-zA-Z]*n/.test(word))) logCommand(world, pool, argv)
}

export const zfs: Program = (world, argv) => {
  const [, verb, ...words] = argv
  if (verb === undefined) return { exit: 2, stdout: '', stderr: `missing command\n${usageOfAll()}` }
  if (verb === '-V' || verb === '--version') return ok(`zfs-${ZFS_VERSION}\nzfs-kmod-${ZFS_VERSION}\n`)
  if (verb === '-?' || verb === '--help' || verb === 'help') return ok(usageOfAll())
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
  if (run) {
    const result = run(world, words)
    if (result.exit === 0 && CHANGING.includes(verb)) remember(world, argv)
    return result
  }
  if (ABSENT.includes(verb)) return refused(`zfs ${verb}: the sandbox does not have this verb`)
  return { exit: 2, stdout: '', stderr: `unrecognized command '${verb}'\n${usageOfAll()}` }
}
