/**
 * A guest's conf and the facts of its host in, everything `vm start` would run out: bhyve's argv for the first and for
 * later boots, the loader's argv, the files beside the conf. Pure; equal to vm-bhyve 1.8 (golden/vm-bhyve).
 */
import type { Refusal } from '../tasks/model.ts'
import { type Conf, confText, confTrue, words } from './conf.ts'
import { buildDevices, comPorts, type DeviceFacts, type GuestPlace } from './devices.ts'
import { bootrom, FIRMWARE_DIRECTORY, isUefi } from './firmware.ts'
import { type LoaderFiles, loaderCommand } from './loader.ts'
import type { NicPlan } from './nics.ts'
import { shellNumber } from './slots.ts'

export type LaunchFacts = {
  place: GuestPlace
  conf: Conf
  /** uuid of the conf, or the one made up for it. */
  uuid: string
  nics: readonly NicPlan[]
  taps: ReadonlyMap<number, string>
  /** TCP ports something listens on. */
  busyPorts: ReadonlySet<number>
  /** Install media for this session, null for a plain start. */
  iso: string | null
  exists: (path: string) => boolean
  iscsi: (target: string) => string | null
  /** The CPU can run real mode guests; without it only one-CPU bhyveload guests start. */
  unrestrictedGuest: boolean
  /** VT-d or AMD-Vi is there, or the checks are switched off. */
  iommu: boolean
  /** Path of grub-bhyve, null where the package is not installed. */
  grubBhyve: string | null
  /** NAME.save exists and this host can resume it. */
  resume: boolean
}

export type Launch = {
  uefi: boolean
  /** argv of bhyve's first run. */
  argv: string[]
  /** argv after the guest restarted itself: install media ejected where it may be, no waiting for a viewer. */
  argvAgain: string[]
  /** argv of bhyveload or grub-bhyve before each boot, null with UEFI firmware. */
  loader: LoaderFiles | null
  loaderAgain: LoaderFiles | null
  /** Content of NAME/console while the guest runs. */
  console: string
  vnc: string | null
  /** The variables file to copy before the first start. */
  copyVars: { from: string; to: string } | null
  wired: boolean
}

export type LaunchResult = { launch: Launch; refused?: undefined } | { launch?: undefined; refused: Refusal }

function refuse(field: string, message: string, next?: string): { refused: Refusal } {
  return { refused: { code: 'refused', message, detail: { field, ...(next ? { next } : {}) } } }
}

/** The value of -c: cpu with the topology keys as they stand. */
function cpuWord(conf: Conf): string {
  const parts = [confText(conf, 'cpu')]
  for (const [key, word] of [
    ['cpu_sockets', 'sockets'],
    ['cpu_cores', 'cores'],
    ['cpu_threads', 'threads'],
  ] as const) {
    const value = confText(conf, key)
    if (value !== '') parts.push(`${word}=${value}`)
  }
  return parts.join(',')
}

/** The first of 200 ports from 5900 that nobody listens on. */
export function freePort(busy: ReadonlySet<number>): number | null {
  for (let port = 5900; port < 6100; port += 1) if (!busy.has(port)) return port
  return null
}

export function buildLaunch(facts: LaunchFacts): LaunchResult {
  const { conf, place } = facts
  const loader = confText(conf, 'loader')
  const uefi = isUefi(loader)
  const refused = refuseStart(facts, loader, uefi)
  if (refused) return refused

  const firmware = uefi ? firmwareWords(facts, loader) : { text: '', copyVars: null }
  if ('refused' in firmware) return firmware
  const graphicsPort = confText(conf, 'graphics_port')
  const deviceFacts: DeviceFacts = {
    ...facts,
    uefi,
    port: graphicsPort === '' ? freePort(facts.busyPorts) : graphicsPort,
    installing: facts.iso !== null,
  }
  const devices = buildDevices(deviceFacts)
  const cpu = facts.unrestrictedGuest ? cpuWord(conf) : '1'
  const wired = confTrue(conf, 'wired_memory') || devices.passthru
  const options = [
    `-c ${cpu} -m ${confText(conf, 'memory')} -AHPw${confTrue(conf, 'ignore_msr') ? 'w' : ''}${firmware.text}`,
    confText(conf, 'bhyve_options'),
    confTrue(conf, 'wired_memory') ? '-S' : '',
    `-U ${facts.uuid}`,
    confTrue(conf, 'utctime', 'yes') ? '-u' : '',
    devices.passthru ? '-S' : '',
  ].join(' ')

  const coms = comPorts(place, conf)
  const bhyve = (run: 1 | 2): string[] => {
    // vm-bhyve switches the MP table off again at every start of bhyve.
    const table = devices.beyondBusZero ? ' -Y'.repeat(run) : ''
    const resume = facts.resume ? ` -r ${place.directory}/${place.name}.save` : ''
    const text = run === 2 ? withoutWait(conf, uefi, devices.text) : devices.text
    const lines = coms.map(com => `-l ${com.port},${com.guestEnd}`).join(' ')
    return [
      'bhyve',
      ...words(
        `${text} ${options}${table}${resume} ${mediaWords(facts, loader, run)} ${lines} ${place.name}`,
      ),
    ]
  }
  const loaderFor = (iso: string | null) =>
    uefi ? null : loaderCommand({ ...facts, loader, iso, com: coms[0]?.guestEnd ?? '', wired })
  const consoleLines = coms.map(com => `${com.port}=${com.userEnd}\n`)
  if (devices.vnc !== null) consoleLines.push(`vnc=${devices.vnc}\n`)
  return {
    launch: {
      uefi,
      argv: bhyve(1),
      argvAgain: bhyve(2),
      loader: loaderFor(facts.iso),
      loaderAgain: loaderFor(null),
      console: consoleLines.join(''),
      vnc: devices.vnc,
      copyVars: firmware.copyVars,
      wired,
    },
  }
}

/** What vm-bhyve itself refuses, and what its shell would stumble over before bhyve runs. */
function refuseStart(facts: LaunchFacts, loader: string, uefi: boolean): { refused: Refusal } | null {
  const { conf, place } = facts
  const name = place.name
  for (const [field, value] of [
    ['loader', loader],
    ['cpu', confText(conf, 'cpu')],
    ['memory', confText(conf, 'memory')],
  ] as const) {
    if (words(value).length === 0) {
      return refuse(
        field,
        `${name} has no ${field} in its configuration.`,
        `Set ${field} and start it again.`,
      )
    }
  }
  if (!facts.unrestrictedGuest && loader !== 'bhyveload') {
    return refuse(
      'loader',
      `This machine's CPU has no unrestricted guest support, so that only FreeBSD guests with loader bhyveload and one CPU can run.`,
    )
  }
  if (shellNumber(confText(conf, 'start_slot', '4')) === null) {
    return refuse(
      'start_slot',
      `start_slot of ${name} is ${JSON.stringify(confText(conf, 'start_slot'))}, which is not a slot number.`,
    )
  }
  if (confText(conf, 'passthru0') !== '' && !facts.iommu) {
    return refuse('passthru0', `${name} wants a PCI device of this machine, which has no VT-d or AMD-Vi.`)
  }
  for (let index = 0; confText(conf, `disk${index}_name`) !== ''; index += 1) {
    const target = confText(conf, `disk${index}_name`)
    if (confText(conf, `disk${index}_dev`) === 'iscsi' && facts.iscsi(target) === null) {
      return refuse(
        `disk${index}_name`,
        `Disk ${index} of ${name}, the iSCSI target ${target}, is not connected.`,
      )
    }
  }
  return uefi ? null : refuseLoader(facts, loader)
}

function refuseLoader(facts: LaunchFacts, loader: string): { refused: Refusal } | null {
  const name = facts.place.name
  if (loader !== 'bhyveload' && loader !== 'grub') {
    return refuse(
      'loader',
      `${name} asks for the loader ${JSON.stringify(loader)}, which neither vm-bhyve nor bhyve knows.`,
    )
  }
  const disk = confText(facts.conf, 'disk0_name')
  if (disk === '') return refuse('disk0_name', `${name} has no disk to boot from, which ${loader} needs.`)
  if (loader === 'grub' && facts.grubBhyve === null) {
    return refuse(
      'loader',
      `${name} boots with grub-bhyve, which is not installed.`,
      'Run pkg install grub2-bhyve.',
    )
  }
  if (
    loader === 'bhyveload' &&
    facts.iso === null &&
    confText(facts.conf, 'disk0_dev') === '9p' &&
    !/^[^=]+=[^=]+/.test(disk)
  ) {
    return refuse('disk0_name', `The 9p boot disk of ${name} has to be written as device=/path/to/root.`)
  }
  return null
}

/** ` -l bootrom,ROM[,VARS]`, and the copy of the variables to make first. */
function firmwareWords(
  facts: LaunchFacts,
  loader: string,
): { text: string; copyVars: Launch['copyVars'] } | { refused: Refusal } {
  const rom = bootrom(loader, facts.place)
  if (!facts.exists(rom)) {
    return refuse('loader', `The firmware ${rom} is not on this machine.`, 'Run pkg install bhyve-firmware.')
  }
  if (!confTrue(facts.conf, 'uefi_vars')) return { text: ` -l bootrom,${rom}`, copyVars: null }
  const to = `${facts.place.directory}/uefi-vars.fd`
  const from = `${FIRMWARE_DIRECTORY}/BHYVE_UEFI_VARS.fd`
  if (facts.exists(to)) return { text: ` -l bootrom,${rom},${to}`, copyVars: null }
  if (!facts.exists(from)) {
    return refuse('uefi_vars', `The template of firmware variables ${from} is not on this machine.`)
  }
  return { text: ` -l bootrom,${rom},${to}`, copyVars: { from, to } }
}

/** Install media. It stays for the whole session, unless nulliso_fix replaces it after the first restart. */
function mediaWords(facts: LaunchFacts, loader: string, run: 1 | 2): string {
  const slot = confText(facts.conf, 'install_slot', '3')
  const ejected = facts.iso === null || run === 2
  if (ejected && loader === 'uefi' && confTrue(facts.conf, 'nulliso_fix')) {
    return `-s ${slot}:0,ahci-cd,${facts.place.vmDir}/.config/null.iso`
  }
  if (facts.iso === null) return ''
  // vm-bhyve's pattern is ".iso$" with a dot that matches anything.
  return /.iso$/i.test(facts.iso)
    ? `-s ${slot}:0,ahci-cd,${facts.iso},ro,bootindex=1`
    : `-s ${slot}:0,ahci-hd,${facts.iso},ro`
}

/** Waiting for a viewer ends with the first restart when it was automatic: the first ",wait" of the text goes. */
function withoutWait(conf: Conf, uefi: boolean, devices: string): string {
  if (!uefi || confText(conf, 'graphics_wait', 'auto') !== 'auto') return devices
  return devices.replace(/,wait(?![A-Za-z0-9_])/, '')
}
