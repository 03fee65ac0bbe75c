/** What vm-bhyve keeps for the whole host: vm_* of rc.conf, datastores and switches of .config/system.conf. Pure. */
import { type Conf, confText, confValue, isTrue, words } from './conf.ts'

export type RcConf = {
  /** vm_enable, by rc.subr's checkyesno: YES, TRUE, ON, 1 in any case. */
  enabled: boolean
  /** `/vm` or `zfs:tank/vm`; empty where it is not set. */
  vmDir: string
  /** Autostart order. */
  vmList: string[]
  /** Seconds between two guests at boot; vm-bhyve's default is 2. */
  vmDelaySeconds: number
  skipHostChecks: boolean
}

/**
 * Reads assignments of rc.conf files (sh syntax), later ones win. Null for a value that only a shell could tell
 * (`$x`, back quotes, several lines): ask sysrc(8) for it.
 */
export function parseShellAssignments(texts: readonly string[]): Map<string, string | null> {
  const values = new Map<string, string | null>()
  for (const text of texts) {
    for (const line of text.split('\n')) {
      const match = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line)
      if (match?.[1] !== undefined) values.set(match[1], shellValue(match[2] ?? ''))
    }
  }
  return values
}

/** The value of the right side of an assignment without expansions, or null where it has one. */
function shellValue(text: string): string | null {
  let value = ''
  let quote = ''
  let isContinued = false
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (quote === "'") {
      if (char === "'") quote = ''
      else value += char
    } else if (char === '$' || char === '`') {
      return null
    } else if (char === '\\') {
      at += 1
      isContinued = at === text.length
      value += text[at] ?? ''
    } else if (quote === '"') {
      if (char === '"') quote = ''
      else value += char
    } else if (char === '"' || char === "'") {
      quote = char
    } else if (/[ \t;#&|]/.test(char)) {
      break
    } else {
      value += char
    }
  }
  // A quote that stays open, or a backslash at the end, goes on in the next line.
  return quote !== '' || isContinued ? null : value
}

/** vm_* settings out of assignments; unset ones get vm-bhyve's defaults. */
export function rcConf(values: ReadonlyMap<string, string | null>): RcConf {
  const text = (key: string) => values.get(key) ?? ''
  const delay = Number.parseInt(text('vm_delay'), 10)
  return {
    enabled: /^(yes|true|on|1)$/i.test(text('vm_enable')),
    vmDir: text('vm_dir'),
    vmList: words(text('vm_list')),
    vmDelaySeconds: Number.isNaN(delay) ? 2 : delay,
    skipHostChecks: isTrue(text('vm_disable_host_checks')),
  }
}

/** A place where guests live. */
export type Datastore = {
  /** `default` is vm_dir. */
  name: string
  /** Directory that holds the guests' directories. */
  path: string
  /** Dataset for guests' zvols, empty on a plain directory. */
  dataset: string
}

/** Where a ZFS dataset is mounted. */
export type Mounts = ReadonlyMap<string, string>

/** vm_dir as a path, or null when its dataset is not mounted. */
export function resolveVmDir(vmDir: string, mounts: Mounts): { path: string; dataset: string } | null {
  // Mount points end without a slash, so that a directory written with one would not be found among them.
  if (!vmDir.startsWith('zfs:')) return vmDir === '' ? null : { path: unslashed(vmDir), dataset: '' }
  const dataset = vmDir.slice('zfs:'.length)
  const path = mounts.get(dataset)
  return path === undefined ? null : { path, dataset }
}

function unslashed(path: string): string {
  return path.replace(/(?<=[^/])\/+$/, '')
}

/** Every datastore that can hold guests, in the order in which vm-bhyve looks for one: default first. */
export function datastores(vmDir: string, system: Conf, mounts: Mounts): Datastore[] {
  const found: Datastore[] = []
  const main = resolveVmDir(vmDir, mounts)
  if (main) found.push({ name: 'default', ...main })
  for (const name of words(confText(system, 'datastore_list'))) {
    const spec = confText(system, `path_${name}`)
    if (name === 'default' || spec === '' || /^(iso|img):/.test(spec)) continue
    const place = resolveVmDir(spec, mounts)
    if (place) found.push({ name, ...place })
  }
  return found
}

/** Directories with install media: `.iso` of vm_dir and every `iso:` datastore. */
export function isoDirectories(vmDirPath: string, system: Conf): { datastore: string; path: string }[] {
  const found = [{ datastore: 'default', path: `${vmDirPath}/.iso` }]
  for (const name of words(confText(system, 'datastore_list'))) {
    const spec = confText(system, `path_${name}`)
    if (spec.startsWith('iso:')) found.push({ datastore: name, path: unslashed(spec.slice('iso:'.length)) })
  }
  return found
}

export type Switch = {
  name: string
  /** standard, manual, vxlan, netgraph, vale; anything else gives a guest no network. */
  type: string
  /** Bridge that a manual switch names. */
  bridge: string | null
  isPrivate: boolean
}

/** A switch by name, also one that is in no list: vm-bhyve takes an unknown name as a standard switch. */
export function switchNamed(system: Conf, name: string): Switch {
  return {
    name,
    type: confText(system, `type_${name}`, 'standard'),
    bridge: confValue(system, `bridge_${name}`) ?? null,
    isPrivate: isTrue(confText(system, `private_${name}`)),
  }
}

export function switches(system: Conf): Switch[] {
  return words(confText(system, 'switch_list')).map(name => switchNamed(system, name))
}
