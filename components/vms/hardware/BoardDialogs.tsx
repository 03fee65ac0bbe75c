'use client'
import { useState } from 'react'
import type { ChangeDeviceInput } from '../../../server/vms/input.hardware.ts'
import { Checkbox, Field, Input, Select } from '../../ui/Field.tsx'
import { bytes, parseBytes } from '../../ui/format.ts'
import { type DeviceDialogProps, EditDialog } from './EditDialog.tsx'
import { useChange } from './useEdit.ts'

type Device = ChangeDeviceInput['device']

const whole = (text: string) => (/^[1-9]\d{0,4}$/.test(text) ? Number(text) : null)

/** `0:2 1:3` as pairs; null where it is something else. */
function pinsOf(text: string): { vcpu: number; cpu: number }[] | null {
  const pins = text.split(/[\s,]+/).filter(Boolean)
  if (!pins.every(pin => /^\d{1,3}:\d{1,3}$/.test(pin))) return null
  return pins.map(pin => {
    const [vcpu = '', cpu = ''] = pin.split(':')
    return { vcpu: Number(vcpu), cpu: Number(cpu) }
  })
}

export function CpuDialog({ vm, onClose }: DeviceDialogProps) {
  const { cpu } = vm.hardware
  const [cpus, setCpus] = useState(cpu.cpus)
  const [shape, setShape] = useState<'own' | 'given'>(
    cpu.sockets || cpu.cores || cpu.threads ? 'given' : 'own',
  )
  const [sockets, setSockets] = useState(cpu.sockets || (cpu.cores || cpu.threads ? cpu.cpus : '1'))
  const [cores, setCores] = useState(cpu.cores || (shape === 'given' ? '1' : cpu.cpus))
  const [threads, setThreads] = useState(cpu.threads || '1')
  const [pins, setPins] = useState(cpu.pins.join(' '))
  const { action, blocked } = useChange(vm, input(), onClose)
  const { fields } = action

  function input(): Device | string {
    const count = whole(cpus)
    const pairs = pinsOf(pins)
    const parts = [sockets, cores, threads].map(whole)
    const [one, two, three] = parts
    if (count === null) return 'CPUs are a whole number.'
    if (!pairs) return 'A pin is written as 0:2: its CPU 0 on CPU 2 of the machine.'
    if (shape === 'own') return { kind: 'cpu', cpus: count, topology: null, pins: pairs }
    if (!one || !two || !three) return 'Sockets, cores and threads are whole numbers.'
    const product = one * two * three
    if (product !== count) return `${one} × ${two} × ${three} are ${product} CPUs, not ${count}.`
    return { kind: 'cpu', cpus: count, topology: { sockets: one, cores: two, threads: three }, pins: pairs }
  }

  return (
    <EditDialog
      vm={vm}
      title={`CPUs of ${vm.name}`}
      verb="Change"
      action={action}
      blocked={blocked}
      fieldsShown={['cpu', 'pins']}
      onClose={onClose}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="CPUs" error={fields.cpu}>
          <Input
            inputMode="numeric"
            data-autofocus
            value={cpus}
            onChange={event => setCpus(event.target.value)}
          />
        </Field>
        <Field label="The guest sees" hint="Some systems and licences count sockets.">
          <Select
            choices={[
              { value: 'given', label: 'Sockets, cores and threads' },
              { value: 'own', label: "Each CPU in a socket of its own (bhyve's way)" },
            ]}
            value={shape}
            onValue={setShape}
          />
        </Field>
      </div>
      {shape === 'given' && (
        <div className="grid grid-cols-3 gap-3">
          {(
            [
              ['Sockets', sockets, setSockets],
              ['Cores in each', cores, setCores],
              ['Threads in each', threads, setThreads],
            ] as const
          ).map(([label, value, set]) => (
            <Field key={label} label={label}>
              <Input inputMode="numeric" value={value} onChange={event => set(event.target.value)} />
            </Field>
          ))}
        </div>
      )}
      <Field
        label="Pins"
        optional
        error={fields.pins}
        hint="0:2 1:3 keeps its CPU 0 on CPU 2 of the machine and its CPU 1 on CPU 3."
      >
        <Input mono value={pins} onChange={event => setPins(event.target.value)} />
      </Field>
    </EditDialog>
  )
}

export function MemoryDialog({ vm, onClose }: DeviceDialogProps) {
  const { memory } = vm.hardware
  const [size, setSize] = useState(vm.memoryBytes === null ? memory.size : bytes(vm.memoryBytes))
  const [wired, setWired] = useState(memory.wired)
  const asked = parseBytes(size)
  const { action, blocked } = useChange(
    vm,
    asked === null || asked < 2 ** 25 || asked % 2 ** 20 !== 0
      ? 'Memory is a size in whole MiB, such as 4G.'
      : { kind: 'memory', memoryMiB: asked / 2 ** 20, wired },
    onClose,
  )
  return (
    <EditDialog
      vm={vm}
      title={`Memory of ${vm.name}`}
      verb="Change"
      action={action}
      blocked={blocked}
      fieldsShown={['memory']}
      onClose={onClose}
    >
      <Field label="Memory" error={action.fields.memory}>
        <Input data-autofocus value={size} onChange={event => setSize(event.target.value)} />
      </Field>
      <Checkbox
        label="Wired"
        hint="All of it is taken from the machine at the start and never swapped out. PCI passthrough needs it."
        checked={wired}
        onChecked={setWired}
      />
    </EditDialog>
  )
}

export function PartsDialog({ vm, onClose }: DeviceDialogProps) {
  const { hardware } = vm
  const [tablet, setTablet] = useState(hardware.tablet)
  const [random, setRandom] = useState(hardware.random)
  const [sound, setSound] = useState(hardware.sound !== null)
  const [play, setPlay] = useState(hardware.sound?.play ?? '/dev/dsp0')
  const [record, setRecord] = useState(hardware.sound?.record ?? '')
  const { action, blocked } = useChange(
    vm,
    { kind: 'parts', tablet, random, sound: sound ? { play, record } : null },
    onClose,
  )
  return (
    <EditDialog
      vm={vm}
      title={`Small devices of ${vm.name}`}
      verb="Change"
      action={action}
      blocked={blocked}
      fieldsShown={['sound_play']}
      onClose={onClose}
    >
      <Checkbox
        label="Tablet (xhci)"
        hint="The pointer on its screen is where your mouse is. Without it the two drift apart."
        checked={tablet}
        onChecked={setTablet}
      />
      <Checkbox
        label="Random numbers (virtio-rnd)"
        hint="A source of randomness from the machine, so that keys made at its first start are good."
        checked={random}
        onChecked={setRandom}
      />
      <Checkbox
        label="Sound (hda)"
        hint="Plays on a sound device of the machine, not in your browser."
        checked={sound}
        onChecked={setSound}
      />
      {sound && (
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Plays on" error={action.fields.sound_play}>
            <Input mono value={play} onChange={event => setPlay(event.target.value)} />
          </Field>
          <Field label="Records from" optional>
            <Input mono value={record} onChange={event => setRecord(event.target.value)} />
          </Field>
        </div>
      )}
    </EditDialog>
  )
}

const COM_PORTS = ['com1', 'com2', 'com3', 'com4'] as const

export function SerialDialog({ vm, onClose }: DeviceDialogProps) {
  const [ports, setPorts] = useState<readonly string[]>(vm.hardware.comPorts)
  const chosen = COM_PORTS.filter(port => ports.includes(port))
  // A hand-written order stays; a new port comes last.
  const ordered = [...ports.filter(port => COM_PORTS.some(one => one === port))]
  const { action, blocked } = useChange(
    vm,
    chosen.length === 0
      ? 'It keeps at least one: its loader and its Serial page speak through it.'
      : { kind: 'serial', ports: ordered.flatMap(port => COM_PORTS.find(one => one === port) ?? []) },
    onClose,
  )
  return (
    <EditDialog
      vm={vm}
      title={`Serial ports of ${vm.name}`}
      verb="Change"
      action={action}
      blocked={blocked}
      fieldsShown={[]}
      onClose={onClose}
    >
      {COM_PORTS.map(port => (
        <Checkbox
          key={port}
          label={port}
          hint={port === 'com1' ? 'Loaders speak on the first one.' : undefined}
          checked={ports.includes(port)}
          onChecked={checked => setPorts(checked ? [...ports, port] : ports.filter(one => one !== port))}
        />
      ))}
    </EditDialog>
  )
}
