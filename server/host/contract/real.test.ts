/**
 * The same stories on a real machine, in pools of its own on files of its own:
 * `HOST=ssh://root@127.0.0.1:2224 HOST_IDENTITY=FILE npx vitest run --config scripts/vitest.config.ts server/host/contract`.
 * Without HOST there is nothing here to run (scripts/vitest.config.ts).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHost } from '../../../scripts/lab/host.ts'
import type { Host } from '../host.ts'
import { zfsVersion } from '../zfs/version.ts'
import { isFarReaching } from './directions.testing.ts'
import { misfits } from './judge.testing.ts'
import { hasOthers, leave, play } from './run.testing.ts'
import { isFor } from './theme.testing.ts'
import { THEMES } from './themes.testing.ts'

/** Real disks, over SSH, in an emulator: some stories wait for several transaction groups. */
const DEADLINE_MS = 300_000

describe('on a real machine', () => {
  let host: Host
  let version = ''
  let isShared = true
  beforeAll(async () => {
    host = await openHost(process.env.HOST ?? '', process.env.HOST_IDENTITY ?? '')
    version = (await zfsVersion(host)).userland
    isShared = await hasOthers(host)
  })
  afterAll(async () => {
    await leave(host)
    await host.close()
  })

  for (const theme of THEMES) {
    test.each(theme.scenarios)(
      `${theme.title}: $name`,
      async scenario => {
        const { steps } = scenario
        // What the machine's zfs does not have cannot be told here; what reaches far stays off pools of value.
        if (!isFor(scenario, version)) return
        if (isShared && isFarReaching(steps)) return
        expect(misfits(await play(host, steps), version)).toEqual([])
      },
      DEADLINE_MS,
    )
  }
})
