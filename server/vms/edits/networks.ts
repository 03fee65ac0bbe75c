/** Adding and changing the network cards of a conf. Pure. */
import { parseConf } from '../conf.ts'
import { hardwareOf } from '../hardware.ts'
import type { AddDeviceInput, ChangeDeviceInput } from '../input.hardware.ts'
import { type Edit, type EditKnowledge, edited, no, valued } from './edit.ts'

function macProblem(mac: string, index: number, known: EditKnowledge) {
  const user = known.others.find(vm => vm.nics.some(nic => nic.mac?.toLowerCase() === mac.toLowerCase()))
  return user ? no('in_use', `${mac} is the address of a card of ${user.name}.`, `network${index}_mac`) : null
}

function switchProblem(name: string, index: number, known: EditKnowledge) {
  return known.switches.includes(name)
    ? null
    : no('not_found', `There is no switch ${name}.`, `network${index}_switch`)
}

export function addNetwork(
  text: string,
  device: Extract<AddDeviceInput['device'], { kind: 'network' }>,
  known: EditKnowledge,
): Edit {
  const conf = parseConf(text)
  const { nics } = hardwareOf(conf, [])
  const index = nics.length
  const taken = new Set(
    [...nics.map(nic => nic.mac), ...known.others.flatMap(vm => vm.nics.map(nic => nic.mac ?? ''))].map(mac =>
      mac.toLowerCase(),
    ),
  )
  let attempt = index
  while (device.mac === null && taken.has(known.mac(attempt))) attempt += 1
  const mac = device.mac ?? known.mac(attempt)
  const problem = switchProblem(device.switchName, index, known) ?? macProblem(mac, index, known)
  if (problem) return problem
  const prefix = `network${index}_`
  const old = conf.entries.filter(({ key }) => key.startsWith(prefix)).map(({ key }) => [key, null])
  return edited(text, {
    ...Object.fromEntries(old),
    [`${prefix}type`]: device.emulation,
    [`${prefix}switch`]: device.switchName,
    [`${prefix}mac`]: mac,
  })
}

export function changeNetwork(
  text: string,
  device: Extract<ChangeDeviceInput['device'], { kind: 'network' }>,
  known: EditKnowledge,
): Edit {
  const { index, emulation, switchName, mac } = device
  const nic = hardwareOf(parseConf(text), []).nics[index]
  if (!nic) return no('not_found', `It has no network card ${index}.`, 'index')
  const problem =
    (switchName === nic.switchName ? null : switchProblem(switchName, index, known)) ??
    (mac === nic.mac ? null : macProblem(mac, index, known))
  if (problem) return problem
  return edited(text, {
    [`network${index}_type`]: emulation,
    ...valued(`network${index}_switch`, switchName),
    ...valued(`network${index}_mac`, mac),
  })
}
