/** `npm run contract -- [ADDRESS --identity FILE]`: see scripts/contract.mjs, which adds the laboratory's key. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { isFarReaching } from '../../server/host/contract/directions.testing.ts'
import { misfits } from '../../server/host/contract/judge.testing.ts'
import {
  type Recording,
  readRecording,
  settled,
  writeRecording,
} from '../../server/host/contract/recordings.testing.ts'
import { hasOthers, leave, play } from '../../server/host/contract/run.testing.ts'
import { TABLE_FILE, tableText } from '../../server/host/contract/table.testing.ts'
import { isFor, type Theme } from '../../server/host/contract/theme.testing.ts'
import { THEMES } from '../../server/host/contract/themes.testing.ts'
import type { Host } from '../../server/host/host.ts'
import { zfsVersion } from '../../server/host/zfs/version.ts'
import { openHost } from '../lab/host.ts'

/** Tells the stories of a theme and keeps the answers; those that cannot be told keep their older recording. */
async function recordTheme(host: Host, version: string, theme: Theme, only: string | null): Promise<number> {
  const before = readRecording(version, theme.name)
  const recording: Recording = new Map()
  let wrong = 0
  try {
    for (const scenario of theme.scenarios.filter(each => isFor(each, version))) {
      const { name, steps } = scenario
      const older = before.get(name)
      if (older) recording.set(name, older)
      if (only === 'missing' && older && textOf(older) === textOf(steps)) continue
      const told = await play(host, steps)
      recording.set(name, settled(told))
      for (const fault of misfits(told, version)) {
        wrong++
        console.log(`${theme.title}: ${name}\n  ${fault.step}: ${fault.wrong}`)
      }
    }
  } finally {
    for (const [name, older] of before) {
      const isKnown = theme.scenarios.some(scenario => scenario.name === name)
      if (isKnown && !recording.has(name)) recording.set(name, older)
    }
    writeRecording(version, theme.name, recording)
  }
  return wrong
}

function textOf(steps: readonly { text: string }[]): string {
  return steps.map(({ text }) => text).join('\n')
}

async function record(host: Host, only: string | null): Promise<number> {
  const version = /^\d+\.\d+\.\d+/.exec((await zfsVersion(host)).userland)?.[0]
  if (!version) throw new Error('its zfs is no version of OpenZFS that is released.')
  const isShared = await hasOthers(host)
  if (isShared && THEMES.some(({ scenarios }) => scenarios.some(({ steps }) => isFarReaching(steps))))
    throw new Error('it has pools that are not of this suite; recordings are made where nothing else is.')
  let wrong = 0
  try {
    for (const theme of THEMES) {
      if (only !== null && only !== 'missing' && only !== theme.name) continue
      console.error(`contract: ${theme.title}`)
      wrong += await recordTheme(host, version, theme, only)
    }
  } finally {
    await leave(host)
  }
  console.log(
    `OpenZFS ${version}: ${wrong} answers are not as the stories want them; git diff shows what changed.`,
  )
  return wrong
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { identity: { type: 'string' }, only: { type: 'string' } },
  })
  const [address] = positionals
  if (address && values.identity) {
    const host = await openHost(address, values.identity)
    try {
      if ((await record(host, values.only ?? null)) > 0) process.exitCode = 1
    } finally {
      await host.close()
    }
  }
  writeFileSync(fileURLToPath(new URL(`../../${TABLE_FILE}`, import.meta.url)), tableText())
  console.log(`wrote ${TABLE_FILE}`)
} catch (error) {
  console.error(`contract: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
