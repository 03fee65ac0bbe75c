import { fail, type ProgramResult } from '../programs.ts'
import { propertyHelp } from './properties.ts'

/** Usage lines by verb, as OpenZFS 2.2 prints them after `usage:`. */
const USAGE: Record<string, string> = {
  version: 'version\n',
  create:
    'create [-fnd] [-o property=value] ... \n\t    [-O file-system-property=value] ... \n\t    [-m mountpoint] [-R root] <pool> <vdev> ...\n',
  destroy: 'destroy [-f] <pool>\n',
  add: 'add [-fgLnP] [-o property=value] <pool> <vdev> ...\n',
  list: 'list [-gHLpPv] [-o property[,...]] [-T d|u] [pool] ... \n\t    [interval [count]]\n',
  iostat:
    'iostat [[[-c [script1,script2,...][-lq]]|[-rw]] [-T d | u] [-ghHLpPvy]\n\t    [[pool ...]|[pool vdev ...]|[vdev ...]] [[-n] interval [count]]\n',
  status: 'status [-c [script1,script2,...]] [-igLpPstvxD]  [-T d|u] [pool] ... \n\t    [interval [count]]\n',
  online: 'online [-e] <pool> <device> ...\n',
  offline: 'offline [-f] [-t] <pool> <device> ...\n',
  clear: 'clear [-nF] <pool> [device]\n',
  replace: 'replace [-fsw] [-o property=value] <pool> <device> [new-device]\n',
  attach: 'attach [-fsw] [-o property=value] <pool> <device> <new-device>\n',
  detach: 'detach <pool> <device>\n',
  remove: 'remove [-npsw] <pool> <device> ...\n',
  export: 'export [-af] <pool> ...\n',
  import:
    'import [-d dir] [-D]\n\timport [-o mntopts] [-o property=value] ... \n\t    [-d dir] [-D] [-f] [-m] [-N] [-R root] <pool | id> [newpool]\n',
  scrub: 'scrub [-s | -p] [-w] [-e] <pool> ...\n',
  history: 'history [-il] [<pool>] ...\n',
  upgrade: 'upgrade\n\tupgrade -v\n\tupgrade [-V version] <-a | pool ...>\n',
  events: 'events [-vHf [pool] | -c]\n',
  get: 'get [-Hp] [-o "all" | field[,...]] <"all" | property[,...]> <pool> ...\n',
  set: 'set <property=value> <pool>\n',
  sync: 'sync [pool] ...\n',
  wait: 'wait [-Hp] [-T d|u] [-t <activity>[,...]] <pool> [interval]\n',
}

const WITH_PROPERTIES = new Set(['list', 'get', 'set'])

/** What a wrong call of a verb prints: exit status 2. */
export function usage(verb: string, complaint: string): ProgramResult {
  const help = WITH_PROPERTIES.has(verb) ? propertyHelp() : ''
  return fail(2, `${complaint}\nusage:\n\t${USAGE[verb] ?? ''}${help}`)
}

/** `zpool` alone, and an unknown verb. */
export function generalUsage(complaint: string): ProgramResult {
  const verbs = Object.values(USAGE).map(text => `\t${text}`)
  return fail(
    2,
    `${complaint}\nusage: zpool command args ...\nwhere 'command' is one of the following:\n\n${verbs.join('')}`,
  )
}
