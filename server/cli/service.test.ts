import { expect, it } from 'vitest'
import type { RunResult } from '../host/host.ts'
import { parseSettings, rcService, readSettings } from './service.ts'

const SETTINGS = `PORT=8420
SKEP_LISTEN=127.0.0.1
SKEP_STATE=/var/db/skep
SKEP_NAMES=nas.example.org,nas
SKEP_HOST=ssh://skep@nas=1
SKEP_SSH_IDENTITY=
`

/** service(8), answering by the last word of its argv. */
function played(answers: Record<string, Partial<RunResult>>) {
  const calls: string[] = []
  const run = async (argv: readonly string[]): Promise<RunResult> => {
    calls.push(argv.join(' '))
    return { exit: 0, stdout: '', stderr: '', ...answers[argv.at(-1) ?? ''] }
  }
  return { run, calls }
}

it('reads the settings of the service, and nothing else that rc(8) may print', async () => {
  const text = `/usr/local/etc/rc.d/skep: WARNING: $skep_enable is not set properly\n${SETTINGS}PATH=/evil\n`
  expect(parseSettings(text)).toEqual({
    PORT: '8420',
    SKEP_LISTEN: '127.0.0.1',
    SKEP_STATE: '/var/db/skep',
    SKEP_NAMES: 'nas.example.org,nas',
    SKEP_HOST: 'ssh://skep@nas=1',
    SKEP_SSH_IDENTITY: '',
  })
  const { run } = played({ onesettings: { exit: 1, stderr: 'skep does not exist in /etc/rc.d' } })
  await expect(readSettings(run)).rejects.toThrow('cannot be read: skep does not exist in /etc/rc.d')
})

it('is started and stopped whether or not it is enabled, and awaited until it answers', async () => {
  const { run, calls } = played({ onestatus: { exit: 1 } })
  const answers = [false, true]
  const service = rcService(run, async () => answers.shift() ?? false)
  expect(await service.isRunning()).toBe(false)
  await service.start()
  expect(answers).toEqual([])
  await service.stop()
  expect(calls).toEqual(['service skep onestatus', 'service skep onestart', 'service skep onestop'])
})

it('a start that rc(8) refuses is told in its words; one that nobody answers ends in time', async () => {
  const refused = played({ onestart: { exit: 1, stderr: 'skep: Port 8420 is in use.\n' } })
  await expect(rcService(refused.run, async () => true).start()).rejects.toThrow(
    'service skep onestart: skep: Port 8420 is in use.',
  )
  await expect(rcService(played({}).run, async () => false, 0).start()).rejects.toThrow(/does not answer/)
})
