/**
 * What is wrong with a guest's conf, told before bhyve sees it: bhyve and vm-bhyve take most mistakes for something else
 * without a word. Pure.
 */

import { macIsValid } from '../host/bhyve/device-traps.ts'
import { bhyveTraps, type Trap } from '../host/bhyve/traps.ts'
import { buildLaunch } from './command.ts'
import { type Conf, confText, confValue, parseConf, words } from './conf.ts'
import { diskEntries, type GuestPlace } from './devices.ts'
import { isUefi } from './firmware.ts'
import { planNics } from './nics.ts'
import { switchNamed } from './system-conf.ts'

export type ConfProblem = {
  /** The key it is about. */
  field: string
  /** One sentence. */
  message: string
}

/** Keys whose value is one word of a command line: a blank would split it, a CR would stay in it. */
const ONE_WORD =
  /^(cpu(_sockets|_cores|_threads)?|memory|loader|uuid|hostbridge|fwcfg|start_slot|install_slot|disk\d+_(type|name|opts)|network\d+_(type|name|device|mac|switch)|graphics_(port|listen|res|vga)|vnc_password|sound_(play|rec)|virt_console\d+|passthru\d+(_options)?)$/

/** vm-bhyve's rule for names of guests, switches and datastores, with the kernel's limit. */
export function whyBadName(name: string): string | null {
  if (/^[a-z0-9][.a-z0-9_-]{0,227}[a-z0-9]$/i.test(name)) return null
  return 'A name has 2 to 229 letters, digits, dots, dashes and underscores, and begins and ends with a letter or a digit.'
}

/** Everything that would make a start fail or do something else than is written; empty for a conf in order. */
export function confProblems(place: GuestPlace, conf: Conf, system: Conf): ConfProblem[] {
  const textual = textProblems(conf)
  const required = ['loader', 'cpu', 'memory']
    .filter(key => words(confText(conf, key)).length === 0)
    .map(field => ({ field, message: `${field} is not set.` }))
  const loader = confText(conf, 'loader')
  const unknown =
    loader !== '' && !isUefi(loader) && loader !== 'bhyveload' && loader !== 'grub'
      ? [
          {
            field: 'loader',
            message: `${JSON.stringify(loader)} is not a loader: it is uefi, bhyveload or grub.`,
          },
        ]
      : []
  const found = [...textual, ...required, ...unknown, ...networkProblems(conf, system), ...diskProblems(conf)]
  if (textual.length > 0 || required.length > 0 || unknown.length > 0) return found
  return [...found, ...commandProblems(place, conf, system)]
}

/** The first thing that an edit breaks; what was wrong before it is not its fault. Null for an edit in order. */
export function newProblem(
  place: GuestPlace,
  edit: { before: string; after: string },
  system: Conf,
): ConfProblem | null {
  const old = new Set(confProblems(place, parseConf(edit.before), system).map(one => one.message))
  return confProblems(place, parseConf(edit.after), system).find(one => !old.has(one.message)) ?? null
}

function textProblems(conf: Conf): ConfProblem[] {
  const problems: ConfProblem[] = []
  const seen = new Set<string>()
  for (const { key, value } of conf.entries) {
    if (seen.has(key)) continue
    seen.add(key)
    if (value.includes('\r')) {
      return [{ field: key, message: 'The file has Windows line ends (CR), which stay in every value.' }]
    }
    // Blanks around a word that stands alone (-c, -m, -U) go away by themselves.
    const alone = /^(cpu|memory|uuid)$/.test(key) ? value.trim() : value
    if (ONE_WORD.test(key) && /[ \t]/.test(alone)) {
      problems.push({ field: key, message: `${key} holds a blank, at which vm-bhyve cuts it in two.` })
    }
    if (ONE_WORD.test(key) && /['`\\]/.test(value)) {
      problems.push({
        field: key,
        message: `${key} holds a quote or a backslash, which would be passed on as it stands.`,
      })
    }
    if ((key === 'bhyve_options' || key === 'comports') && /[*?[]/.test(value)) {
      problems.push({
        field: key,
        message: `${key} holds a file name pattern, which the shell would expand.`,
      })
    }
  }
  return problems
}

function networkProblems(conf: Conf, system: Conf): ConfProblem[] {
  const problems: ConfProblem[] = []
  const macs = new Set<string>()
  for (let index = 0; confText(conf, `network${index}_type`) !== ''; index += 1) {
    const key = (leaf: string) => `network${index}_${leaf}`
    const wanted = confText(conf, key('switch'))
    if (wanted === '') {
      problems.push({
        field: key('switch'),
        message: `Network ${index} has no switch, so that vm-bhyve leaves it out.`,
      })
    } else if (
      !['standard', 'manual', 'vxlan', 'netgraph', 'vale'].includes(switchNamed(system, wanted).type)
    ) {
      problems.push({
        field: key('switch'),
        message: `The switch ${wanted} is of a kind that vm-bhyve does not know.`,
      })
    }
    const tap = confText(conf, key('device')) || confText(conf, key('name'))
    if (tap !== '' && !/^(tap|vmnet)[0-9]+$/.test(tap)) {
      const field = confText(conf, key('device')) === '' ? key('name') : key('device')
      problems.push({
        field,
        message: `${tap} is not an interface bhyve can open: it has to be tap or vmnet and a number.`,
      })
    }
    const mac = confText(conf, key('mac')).toLowerCase()
    if (mac !== '' && !macIsValid(mac)) {
      problems.push({ field: key('mac'), message: `${mac} is not the address of a network card.` })
    } else if (mac !== '' && macs.has(mac)) {
      problems.push({ field: key('mac'), message: `Two networks of this guest have the address ${mac}.` })
    }
    macs.add(mac)
  }
  return problems
}

function diskProblems(conf: Conf): ConfProblem[] {
  const problems: ConfProblem[] = []
  const disks = diskEntries(conf)
  const shared = Number(confText(conf, 'ahci_device_limit'))
  for (const disk of disks) {
    const field = `disk${disk.index}_name`
    if (/[,%]/.test(disk.name)) {
      problems.push({
        field,
        message: `The name ${disk.name} holds a comma or a percent sign, which bhyve cannot read.`,
      })
    }
    if (
      shared > 1 &&
      shared <= 32 &&
      /^ahci(-|$)/.test(disk.emulation) &&
      !/^ahci-(hd|cd)$/.test(disk.emulation)
    ) {
      problems.push({
        field: `disk${disk.index}_type`,
        message: `The type ${disk.emulation} makes this disk vanish.`,
      })
    }
    if (disk.backing !== '' && !/^(file|zvol|sparse-zvol|custom|iscsi|9p)$/.test(disk.backing)) {
      const message = `${disk.backing} is not a kind of disk; vm-bhyve takes it for a file.`
      problems.push({ field: `disk${disk.index}_dev`, message })
    }
  }
  const next = `disk${disks.length}`
  const hasName = confValue(conf, `${next}_name`) !== undefined
  const hasType = confValue(conf, `${next}_type`) !== undefined
  if (hasName !== hasType) {
    const missing = hasName ? 'type' : 'name'
    problems.push({
      field: `${next}_${missing}`,
      message: `Disk ${disks.length} has no ${missing}, so that it is left out.`,
    })
  }
  return problems
}

/** Judges the command as bhyve would read it. What is in order without bhyve_options is the fault of bhyve_options. */
function commandProblems(place: GuestPlace, conf: Conf, system: Conf): ConfProblem[] {
  const found = commandTraps(place, conf, system)
  if ('field' in found) return [found]
  const plain: Conf = { entries: conf.entries.filter(entry => entry.key !== 'bhyve_options') }
  const without = found.length > 0 ? commandTraps(place, plain, system) : []
  const own = new Set('field' in without ? [] : without.map(trap => trap.why))
  return found.map(trap => ({
    field: own.has(trap.why) ? fieldOf(trap, conf) : 'bhyve_options',
    message: trap.why,
  }))
}

/** Builds the command as if the host had everything. */
function commandTraps(place: GuestPlace, conf: Conf, system: Conf): Trap[] | ConfProblem {
  const nics = planNics(conf, system, { interfaces: [], macs: new Map(), freeLink: () => 2 })
  const taps = new Map(
    nics.map(nic => [
      nic.index,
      nic.backend.kind === 'tap' ? (nic.backend.device ?? `tap${nic.index}`) : 'tap0',
    ]),
  )
  const result = buildLaunch({
    place,
    conf,
    uuid: confText(conf, 'uuid') || '00000000-0000-4000-8000-000000000000',
    nics,
    taps,
    busyPorts: new Set(),
    iso: null,
    exists: () => true,
    iscsi: () => '/dev/da0',
    unrestrictedGuest: true,
    iommu: true,
    grubBhyve: 'grub-bhyve',
    resume: false,
  })
  if (!result.launch) {
    return { field: result.refused.detail?.field ?? 'loader', message: result.refused.message }
  }
  return bhyveTraps(result.launch.argv.slice(1))
}

/** Which key an argument of the command came from. */
function fieldOf(trap: Trap, conf: Conf): string {
  const { argument } = trap
  if (/PCI slot/.test(trap.why)) return 'start_slot'
  if (argument.startsWith('-m')) return 'memory'
  if (argument.startsWith('-c')) return 'cpu'
  if (argument.startsWith('-U')) return 'uuid'
  if (argument.startsWith('-l com') || argument.startsWith('-l')) return 'comports'
  if (argument.includes(',fbuf')) {
    if (/vga/.test(trap.why)) return 'graphics_vga'
    if (/password/i.test(trap.why)) return 'vnc_password'
    if (/screen is from/.test(trap.why)) return 'graphics_res'
    return 'graphics_listen'
  }
  const nic = [0, 1, 2, 3, 4, 5, 6, 7].find(index => {
    const mac = confText(conf, `network${index}_mac`)
    return mac !== '' && argument.includes(`mac=${mac}`)
  })
  if (nic !== undefined) return `network${nic}_type`
  const disk = diskEntries(conf).find(one => argument.includes(one.name))
  if (disk)
    return /option|sector|boot|neither|range|not 512/.test(trap.why)
      ? `disk${disk.index}_opts`
      : `disk${disk.index}_type`
  if (argument.includes(',passthru')) return 'passthru0'
  if (argument.includes('virtio-console')) return 'virt_console0'
  return 'start_slot'
}
