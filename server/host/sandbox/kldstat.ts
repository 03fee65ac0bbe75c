/** kldstat(8) and kldload(8). What is loaded lives in the world; what could be is the list here. */
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'
import type { World } from './world.ts'

type File = { size: number; modules: string[] }

/** Files of /boot/kernel by module name. */
const FILES: Record<string, File> = {
  zfs: { size: 0x652c40, modules: ['zfs', 'zfsctrl'] },
  opensolaris: { size: 0xaf78, modules: ['opensolaris'] },
  vmm: { size: 0x2b1870, modules: ['vmm'] },
  nmdm: { size: 0x3090, modules: ['nmdm'] },
  if_bridge: { size: 0x10d60, modules: ['if_bridge'] },
  bridgestp: { size: 0x6170, modules: ['bridgestp'] },
  if_tuntap: { size: 0xd230, modules: ['if_tuntap', 'if_tun', 'if_tap', 'if_vmnet'] },
  if_epair: { size: 0x52b8, modules: ['if_epair'] },
  if_vxlan: { size: 0xb0f8, modules: ['if_vxlan'] },
  coretemp: { size: 0x4248, modules: ['coretemp'] },
  cryptodev: { size: 0x7040, modules: ['cryptodev'] },
  fusefs: { size: 0x24d20, modules: ['fusefs'] },
  pf: { size: 0x6a2e8, modules: ['pf'] },
}

/** Compiled into GENERIC: they answer to `-m` and to no file. */
const IN_KERNEL = ['if_tuntap', 'if_tun', 'if_tap', 'if_vlan', 'if_loop', 'em', 'ix', 'mpr', 'ahci', 'nvme']

const KERNEL_SIZE = 0x1d35210
const BASE = 0xffffffff80200000n

function hasModule(world: World, name: string): boolean {
  if (IN_KERNEL.includes(name)) return true
  return world.state.modules.some(file => FILES[file]?.modules.includes(name) ?? file === name)
}

export const kldstat: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'hvqdi:n:m:')
  if ('bad' in options)
    return fail(
      1,
      `kldstat: illegal option -- ${options.bad}\nusage: kldstat [-d] [-h] [-q] [-v] [-i id] [-n filename]\n       kldstat [-d] [-q] [-m modname]\n`,
    )
  const quiet = options.has('q')
  const module = options.value('m')
  if (module !== null) {
    if (hasModule(world, module)) return ok(quiet ? '' : `Id  Refs Name\n${moduleLine(module)}`)
    return fail(1, quiet ? '' : `kldstat: can't find module ${module}: No such file or directory\n`)
  }
  const rows = files(world)
  const wanted = options.value('n')
  if (wanted !== null) {
    const file = wanted.endsWith('.ko') || wanted === 'kernel' ? wanted : `${wanted}.ko`
    const row = rows.find(each => each.name === file)
    if (!row) return fail(1, quiet ? '' : `kldstat: can't find file ${file}: No such file or directory\n`)
    return ok(quiet ? '' : table([row]))
  }
  return ok(quiet ? '' : table(rows))
}

function moduleLine(module: string): string {
  const id = 100 + ([...module].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 400)
  return `${String(id).padStart(3)}    1 ${module}\n`
}

type Row = { id: number; references: number; address: bigint; size: number; name: string }

function files(world: World): Row[] {
  const rows: Row[] = [
    {
      id: 1,
      references: 30 + world.state.modules.length * 2,
      address: BASE,
      size: KERNEL_SIZE,
      name: 'kernel',
    },
  ]
  let address = BASE + 0x1f36000n
  world.state.modules.forEach((module, index) => {
    const size = FILES[module]?.size ?? 0x3000
    rows.push({ id: index + 2, references: 1, address, size, name: `${module}.ko` })
    address += BigInt(Math.ceil(size / 0x1000)) * 0x1000n
  })
  return rows
}

function table(rows: Row[]): string {
  const lines = rows.map(
    row =>
      `${String(row.id).padStart(2)} ${String(row.references).padStart(4)} 0x${row.address.toString(16)} ${row.size.toString(16).padStart(8)} ${row.name}\n`,
  )
  return `Id Refs Address                Size Name\n${lines.join('')}`
}

export const kldload: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'nqv')
  if ('bad' in options || options.operands.length === 0) return fail(1, 'usage: kldload [-nqv] file ...\n')
  let stdout = ''
  let stderr = ''
  for (const word of options.operands) {
    const module = (word.split('/').at(-1) ?? word).replace(/\.ko$/, '')
    if (!FILES[module]) {
      stderr += `kldload: can't load ${word}: No such file or directory\n`
    } else if (world.state.modules.includes(module)) {
      if (!options.has('n')) stderr += `kldload: can't load ${word}: module already loaded or in kernel\n`
    } else {
      world.state.modules.push(module)
      if (options.has('v')) stdout += `Loaded ${word}, id=${world.state.modules.length + 1}\n`
      world.changed()
    }
  }
  return stderr === '' ? ok(stdout) : fail(1, stderr, stdout)
}
