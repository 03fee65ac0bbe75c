/**
 * The inside of v86 that its own types leave out, and the three things it lacks of a PC that bhyve users know:
 * an ACPI power button, power off through ACPI, and disk writes that can fail. Pinned to the exact version of v86 in
 * package.json: its release build keeps these names.
 */
import type { V86 } from 'v86'

/** PM1a event block at B000h, control at B004h; the command port turns ACPI mode on and off (SeaBIOS's PIIX4 tables). */
const PORT = { pm1Control: 0xb004, smiCommand: 0xb2 } as const
const SCI_EN = 0x0001
const SLP_EN = 0x2000
const TMR_STS = 0x0001
const PWRBTN_STS = 0x0100
const ACPI_ENABLE = 0xf1
const ACPI_DISABLE = 0xf0
const SCI_IRQ = 9
/** ACPI's timer carries out of bit 23 about every 2.3 s. */
const TIMER_CARRY = 1 << 23

type Acpi = {
  status: number
  pm1_status: number
  pm1_enable: number
  last_timer: number
  timer: (now: number) => number
  get_timer: (now: number) => number
}

/** One disk position of the IDE controller. */
export type IdeInterface = {
  status_reg: number
  error_reg: number
  data: Uint8Array
  data_length: number
  write_dest: number
  current_command: number
  buffer: { set: (start: number, data: Uint8Array, done: () => void) => void } | undefined
  ata_advance: (command: number, sectors: number) => void
  push_irq: () => void
  report_write: (bytes: number) => void
  do_write: () => void
}
type IdeChannel = { master: IdeInterface; slave: IdeInterface }

type Cpu = {
  reboot_internal: () => void
  stop_idling?: () => void
  device_raise_irq: (irq: number) => void
  device_lower_irq: (irq: number) => void
  io: {
    register_write: (
      port: number,
      device: object,
      write8?: (value: number) => void,
      write16?: (value: number) => void,
      write32?: (value: number) => void,
    ) => void
  }
  devices: {
    acpi: Acpi
    vga: { screen_fill_buffer: () => void }
    ide: { primary?: IdeChannel; secondary?: IdeChannel }
  }
}

/** How the parts of a machine tell each other things. */
export type Bus = {
  register: (event: string, listener: (value: boolean) => void, self: null) => void
  send: (event: string, value: unknown) => void
}

/** The processor and devices of a machine, and its bus; there once it said `emulator-ready`. */
export function insideOf(emulator: V86): { cpu: Cpu; bus: Bus } {
  // v86.d.ts says nothing of its inside; the check below is what the assertion rests on.
  const { v86, bus } = emulator as { v86?: { cpu?: Cpu }; bus?: Bus }
  if (!v86?.cpu?.devices?.acpi || !v86.cpu.devices.vga || !bus)
    throw new Error('This version of v86 is not the one Skep knows.')
  return { cpu: v86.cpu, bus }
}

export type PowerEvents = {
  /** Written SLP_EN: the guest turned itself off. */
  poweroff: () => void
  /** Port 64h or CF9h: the guest reset itself. */
  reset: () => void
  /** The guest switched ACPI mode on or off; a power button reaches it only while it is on. */
  acpi: (enabled: boolean) => void
}

/** Gives the machine an ACPI that starts disabled, has a power button, and tells what happens. */
export function wirePower(cpu: Cpu, events: PowerEvents): { press: () => void } {
  const { acpi } = cpu.devices
  acpi.status = 0
  const setMode = (enabled: boolean) => {
    const was = (acpi.status & SCI_EN) !== 0
    acpi.status = enabled ? acpi.status | SCI_EN : acpi.status & ~SCI_EN
    if (was !== enabled) events.acpi(enabled)
  }
  const control = (value: number) => {
    acpi.status = value
    if (value & SLP_EN) events.poweroff()
  }
  cpu.io.register_write(PORT.pm1Control, acpi, undefined, control)
  cpu.io.register_write(PORT.smiCommand, acpi, value => {
    if (value === ACPI_ENABLE) setMode(true)
    else if (value === ACPI_DISABLE) setMode(false)
  })
  // v86's own timer knows the carry bit only; the power button needs a level interrupt for each enabled status bit.
  acpi.timer = now => {
    const timer = acpi.get_timer(now)
    if ((timer ^ acpi.last_timer) & TIMER_CARRY) acpi.pm1_status |= TMR_STS
    acpi.last_timer = timer
    if (acpi.pm1_status & acpi.pm1_enable) cpu.device_raise_irq(SCI_IRQ)
    else cpu.device_lower_irq(SCI_IRQ)
    return 100
  }
  cpu.reboot_internal = events.reset
  return {
    press: () => {
      acpi.pm1_status |= PWRBTN_STS
      cpu.stop_idling?.()
    },
  }
}

const STATUS_BUSY = 0xd0
const STATUS_READY = 0x50

/** Makes programmed writes wait for the disk: v86 says "done" at once, so a failure could never be told. */
export function waitForWrites(position: IdeInterface): void {
  const shared: IdeInterface = Object.getPrototypeOf(position)
  shared.do_write = function (this: IdeInterface) {
    const bytes = this.data_length
    this.status_reg = STATUS_BUSY
    this.buffer?.set(this.write_dest, this.data.subarray(0, bytes), () => {
      this.status_reg = STATUS_READY
      this.ata_advance(this.current_command, bytes / 512)
      this.push_irq()
    })
    this.report_write(bytes)
  }
}
