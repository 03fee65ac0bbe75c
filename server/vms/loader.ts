/** bhyveload(8) and grub-bhyve, the boot loaders of guests without firmware, as vm-bhyve runs them. Pure. */
import { type Conf, confText, words } from './conf.ts'
import { diskPath, type GuestPlace } from './devices.ts'

export type LoaderFiles = {
  argv: string[]
  /** Files written beside the conf before the loader runs. */
  files: { path: string; text: string }[]
}

type LoaderFacts = {
  place: GuestPlace
  conf: Conf
  loader: string
  uuid: string
  iso: string | null
  /** Guest's end of the first com port. */
  com: string
  wired: boolean
  grubBhyve: string | null
  iscsi: (target: string) => string | null
}

export function loaderCommand(facts: LoaderFacts): LoaderFiles {
  const common = `-c ${facts.com}${facts.wired ? ' -S' : ''}`
  return facts.loader === 'grub' ? grub(facts, common) : bhyveload(facts, common)
}

function bootPath(facts: LoaderFacts): string {
  const name = confText(facts.conf, 'disk0_name')
  return diskPath(facts.place, name, confText(facts.conf, 'disk0_dev', 'file'), facts.iscsi) ?? ''
}

function bhyveload(facts: LoaderFacts, common: string): LoaderFiles {
  const { conf, place } = facts
  const parts = [
    common,
    `-m ${confText(conf, 'memory')} -e smbios.system.uuid=${facts.uuid}`,
    `-e autoboot_delay=${confText(conf, 'loader_timeout', '3')} -e bhyve_vm_name=${place.name}`,
    confText(conf, 'bhyveload_args'),
  ]
  const custom = confText(conf, 'bhyveload_loader')
  if (custom !== '') parts.push(`-l ${custom}`)
  if (facts.iso !== null) {
    parts.push(`-d ${facts.iso}`)
  } else if (confText(conf, 'disk0_dev') === '9p') {
    const [device, path] = bootPath(facts).split('=')
    parts.push(`-h ${path} -e vfs.root.mountfrom=p9fs:${device}`)
  } else {
    parts.push(`-d ${bootPath(facts)}`)
  }
  return { argv: ['bhyveload', ...words(`${parts.join(' ')} ${place.name}`)], files: [] }
}

function grub(facts: LoaderFacts, common: string): LoaderFiles {
  const { conf, place } = facts
  const installing = facts.iso !== null
  const map = [...(installing ? [`(cd0) ${facts.iso}`] : []), `(hd0) ${bootPath(facts)}`]
  for (let index = 1; ; index += 1) {
    const name = confText(conf, `disk${index}_name`)
    if (name === '') break
    const path = diskPath(place, name, confText(conf, `disk${index}_dev`), facts.iscsi) ?? ''
    map.push(`(hd${index}) ${path}`)
  }
  const partition = confText(conf, 'grub_run_partition')
  const root = installing ? 'cd0' : `hd0,${partition === '' ? '1' : partition}`
  const config = grubConfig(facts, installing ? 'install' : 'run', root)
  const parts = [common, `-m ${place.directory}/device.map -M ${confText(conf, 'memory')}`]
  if (config !== null) {
    parts.push(`-r host -d ${place.directory}`)
  } else {
    parts.push(`-r ${root}`)
    const directory = confText(conf, 'grub_run_dir')
    const file = confText(conf, 'grub_run_file')
    if (!installing && directory !== '') parts.push(`-d ${directory}`)
    if (!installing && file !== '') parts.push(`-g ${file}`)
  }
  const files = [{ path: `${place.directory}/device.map`, text: `${map.join('\n')}\n` }]
  if (config !== null) files.push({ path: `${place.directory}/grub.cfg`, text: config })
  return { argv: [facts.grubBhyve ?? 'grub-bhyve', ...words(`${parts.join(' ')} ${place.name}`)], files }
}

/** grub.cfg from grub_runN or grub_installN; null when there is none. "boot" lines are left out: a menu entry boots. */
function grubConfig(facts: LoaderFacts, kind: 'install' | 'run', root: string): string | null {
  const lines: string[] = []
  for (let index = 0; ; index += 1) {
    const command = confText(facts.conf, `grub_${kind}${index}`)
    if (command === '') break
    lines.push(command)
  }
  if (lines.length === 0) return null
  return [
    `timeout=${confText(facts.conf, 'loader_timeout', '3')}`,
    `menuentry '${facts.place.name} (bhyve ${kind})' {`,
    `    root=${root}`,
    ...lines.filter(line => line !== 'boot').map(line => `    ${line}`),
    '}',
    '',
  ].join('\n')
}
