/** States of whole pools: scrubs, lost disks, and the shapes a pool can have. */
import type { Stage } from './stage.ts'

const HOLD_SCANS = '/sys/module/zfs/parameters/zfs_scan_suspend_progress'

/** A pool in which nothing is wrong. */
export async function health({ ask }: Stage) {
  await ask(
    'healthy.status healthy.status-pP healthy.status-v healthy.status-tisD healthy.status-LP healthy.status-x',
  )
  await ask(
    'healthy.status-g healthy.list-vHpP healthy-rz.status-pP healthy-rz.status-v healthy-rz.status-tisD',
  )
  await ask('healthy-rz.list-vHpP pool.list-T pool.list-Tu')
}

/** The forms of a pool's state that Skep or a person reads, as far as there are cases of them. */
const FORMS = ['status', 'status-pP', 'status-x', 'list-vHp', 'list']

export async function scrubs({ ask, may, write }: Stage) {
  // Held still by the module's own switch: a scrub of a small pool is over before anybody can look.
  const hold = (on: boolean) => write(HOLD_SCANS, on ? '1\n' : '0\n')
  await ask('scrub.never')
  await hold(true)
  await ask('scrub.start')
  await ask('scrub.running.status scrub.running.status-x scrub.running.list scrub.again scrub.pause')
  await ask('scrub.paused.status-pP scrub.paused.status-x scrub.paused.list-vHp scrub.paused.list')
  await ask('scrub.pause-again scrub.resume scrub.stop')
  await ask(FORMS.map(form => `scrub.canceled.${form}`).join(' '))
  await ask('scrub.stop-again')
  await hold(false)
  await ask('scrub.wait')
  await ask(FORMS.map(form => `scrub.done.${form}`).join(' '))
  await may('zpool', 'wait', '-t', 'scrub', 'tank')
}

export async function damage({ ask, make, may }: Stage) {
  await make('zpool', 'offline', 'tank', 'vdc')
  await ask('offline.status offline.status-x')
  await make('zpool', 'online', 'tank', 'vdc')
  await make('zpool', 'wait', '-t', 'resilver', 'tank')
  await ask(
    'online-after.status online-after.status-pP online-after.status-x online-after.list-vHp online-after.list',
  )
  // Its last scan is a resilver, as in what is recorded.
  await make('zpool', 'offline', 'rz', 'vde')
  await make('zpool', 'online', 'rz', 'vde')
  await make('zpool', 'wait', '-t', 'resilver', 'rz')
  await make('zpool', 'offline', '-f', 'rz', 'vdd')
  await ask('raidz-faulted.status-pP raidz-faulted.list-vHp raidz-faulted.list')
  await make('zpool', 'clear', 'rz')
  await may('zpool', 'online', 'rz', 'vdd')
  await make('zpool', 'wait', '-t', 'resilver', 'rz')
  await ask('raidz.cleared')
}

/** A disk in place of another, held half way and then done; and a third leg of a mirror. */
export async function replacements({ ask, make, may, write }: Stage) {
  const hold = (on: boolean) => write(HOLD_SCANS, on ? '1\n' : '0\n')
  await hold(true)
  await make('zpool', 'replace', 'tank', 'vdc', 'vdh')
  await ask('resilver.running.status resilver.running.status-x resilver.running.list-vHp')
  await ask('replace.scrub-busy replace.stop')
  await hold(false)
  await make('zpool', 'wait', '-t', 'replace', 'tank')
  await ask(['status', 'status-pP', 'status-x', 'list'].map(form => `resilver.done.${form}`).join(' '))
  await hold(true)
  await make('zpool', 'attach', 'tank', 'vdb', 'vdc')
  await ask('attach.status')
  await hold(false)
  await make('zpool', 'wait', '-t', 'resilver', 'tank')
  await may('zpool', 'detach', 'tank', 'vdc')
  await make('zpool', 'remove', 'tank', 'vdg1', 'vdg2', 'vdi')
  await make('zpool', 'scrub', '-w', 'tank')
  await ask('user.status')
}

const FORMS_OF_LAYOUT = {
  wide: ['status-short', 'list-v'],
  rz23: ['status-short', 'list-v'],
  rz3: ['status-short', 'list-v'],
  dr: ['status', 'list-v'],
  str: ['status', 'list-v'],
}

export async function layouts({ ask, make, pool, files }: Stage) {
  const paths = await files(100, ...Array.from({ length: 37 }, (_, index) => `l${index}`))
  const some = (from: number, to: number) => paths.slice(from, to + 1)
  await pool(
    ...['wide', 'mirror', ...some(0, 1), 'mirror', ...some(2, 3), 'special', 'mirror', ...some(4, 5)],
    ...['dedup', 'mirror', ...some(6, 7), 'log', 'mirror', ...some(8, 9), 'cache', ...some(10, 11)],
    ...['spare', ...some(12, 13)],
  )
  await make('zpool', 'add', 'wide', 'log', ...some(36, 36))
  await pool('rz23', 'raidz2', ...some(14, 17))
  await pool('-f', 'rz3', 'raidz3', ...some(18, 22), 'raidz3', ...some(23, 27))
  await pool('dr', 'draid1:2d:5c:1s', ...some(28, 32))
  await pool('str', ...some(33, 35))
  for (const [name, forms] of Object.entries(FORMS_OF_LAYOUT)) {
    await ask(forms.map(form => `layout.${name}.${form}`).join(' '))
    await make('zpool', 'destroy', name)
  }
}
