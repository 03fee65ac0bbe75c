/** service(8): rc scripts. A service is a process the seed invented, and a line in rc.conf. */
import { existsSync, readFileSync } from 'node:fs'
import { getopt } from './getopt.ts'
import { fail, ok, type Program, type ProgramResult } from './programs.ts'
import { assignments } from './sysrc.ts'
import type { World } from './world.ts'

/** Name to the program it keeps running; null for scripts that run once. */
const SERVICES: Record<string, string | null> = {
  cron: '/usr/sbin/cron',
  devd: '/sbin/devd',
  devfs: null,
  ntpd: '/usr/sbin/ntpd',
  sshd: '/usr/sbin/sshd',
  syslogd: '/usr/sbin/syslogd',
  vm: null,
  vm_network: null,
  zfs: null,
}

function enabled(world: World, name: string): boolean {
  const file = world.resolve('/etc/rc.conf')
  const settings = existsSync(file) ? assignments(readFileSync(file, 'utf8')) : []
  const value = settings.findLast(each => each.name === `${name}_enable`)?.value ?? ''
  return /^(yes|true|on|1)$/i.test(value)
}

function pidOf(world: World, command: string): number | null {
  return Object.values(world.state.processes).find(each => each.argv[0] === command)?.pid ?? null
}

export const service: Program = (world, argv, io) => {
  const options = getopt(argv.slice(1), 'elrRvE:j:')
  if ('bad' in options)
    return fail(
      1,
      'service [-j <jail name or id>] -e\nservice [-j <jail name or id>] [-E var=value] [-v] <rc.d script> start|stop|etc.\n',
    )
  const names = Object.keys(SERVICES)
  if (options.has('l')) return ok(names.map(name => `${name}\n`).join(''))
  if (options.has('e'))
    return ok(
      names
        .filter(name => enabled(world, name))
        .map(name => `/etc/rc.d/${name}\n`)
        .join(''),
    )
  const [name = '', verb = ''] = options.operands
  const command = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined
  if (command === undefined)
    return fail(
      1,
      `service ${name} does not exist in /etc/rc.d or the local startup\ndirectories (/usr/local/etc/rc.d), or is not executable\n`,
    )
  if (verb === 'enabled') return { exit: enabled(world, name) ? 0 : 1, stdout: '', stderr: '' }
  if (verb === 'enable' || verb === 'disable')
    return io
      .run(['sysrc', `${name}_enable=${verb === 'enable' ? 'YES' : 'NO'}`])
      .then(result => (result.exit === 0 ? ok(`${name} ${verb}d in /etc/rc.conf\n`) : result))
  return act(world, name, command, verb.replace(/^(one|force)/, ''))
}

function act(world: World, name: string, command: string | null, verb: string): ProgramResult {
  if (command === null) return ['start', 'stop', 'restart', 'status'].includes(verb) ? ok() : fail(1, '')
  const pid = pidOf(world, command)
  switch (verb) {
    case 'status':
      return pid === null
        ? { exit: 1, stdout: `${name} is not running.\n`, stderr: '' }
        : ok(`${name} is running as pid ${pid}.\n`)
    case 'stop':
    case 'restart':
      if (pid === null && verb === 'stop')
        return { exit: 1, stdout: `${name} not running? (check /var/run/${name}.pid).\n`, stderr: '' }
      if (pid !== null) delete world.state.processes[String(pid)]
      if (verb === 'restart') begin(world, command)
      world.changed()
      return ok(
        `${pid === null ? '' : `Stopping ${name}.\n`}${verb === 'restart' ? `Starting ${name}.\n` : ''}`,
      )
    case 'start':
      if (pid !== null) return fail(1, `${name} already running?  (pid=${pid}).\n`)
      begin(world, command)
      return ok(`Starting ${name}.\n`)
    default:
      return fail(1, `/etc/rc.d/${name}: unknown directive '${verb}'.\n`)
  }
}

function begin(world: World, command: string): void {
  const taken = Object.keys(world.state.processes).map(Number)
  let pid = 900
  while (taken.includes(pid)) pid += 1
  world.state.processes[String(pid)] = {
    pid,
    ppid: 1,
    argv: [command],
    title: '',
    startedAt: world.now(),
    rssBytes: 6 * 1024 ** 2,
    vm: null,
    real: false,
  }
  world.changed()
}
