/** `npm run capture -- ADDRESS [--identity FILE]`: see scripts/capture.mjs, which adds the laboratory's key. */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Host } from '../../server/host/host.ts'
import { zfsVersion } from '../../server/host/zfs/version.ts'
import { openHost } from '../lab/host.ts'
import { Golden } from './record.ts'
import { SCENES } from './scenes.ts'
import { cleanUp, createStage, refuseOccupied } from './stage.ts'

const GOLDEN = fileURLToPath(new URL('../../server/host/golden', import.meta.url))

async function capture(host: Host): Promise<void> {
  const { userland } = await zfsVersion(host)
  const version = /^\d+\.\d+\.\d+/.exec(userland)?.[0]
  if (!version) throw new Error(`“${userland}” is no version of OpenZFS that is released.`)
  await refuseOccupied(host)
  const golden = new Golden(GOLDEN, version)
  const stage = createStage(host, golden)
  try {
    for (const scene of SCENES) {
      console.error(`capture: ${scene.name}`)
      await scene.play(stage)
    }
  } finally {
    await cleanUp(host)
  }
  tell(version, golden)
}

function tell(version: string, golden: Golden): void {
  const names = (verdict: string) =>
    [...golden.verdicts].filter(([, each]) => each === verdict).map(([name]) => name)
  const [same, changed, fresh] = ['same', 'changed', 'new'].map(names)
  for (const [what, list] of [
    ['changed', changed],
    ['new', fresh],
    ['not asked by any scene', golden.unasked()],
  ] as const) {
    if (list && list.length > 0) console.log(`${what}:\n  ${list.join('\n  ')}`)
  }
  console.log(
    `OpenZFS ${version}: ${same?.length} same, ${changed?.length} changed, ${fresh?.length} new, ${golden.unasked().length} not asked; git diff shows what changed.`,
  )
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { identity: { type: 'string' } },
  })
  const [address, ...rest] = positionals
  if (!address || rest.length > 0 || !values.identity)
    throw new Error('say which host: npm run capture -- ssh://root@127.0.0.1:2224 [--identity FILE]')
  const host = await openHost(address, values.identity)
  try {
    await capture(host)
  } finally {
    await host.close()
  }
} catch (error) {
  console.error(`capture: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
