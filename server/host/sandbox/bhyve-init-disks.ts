/** Block devices of a guest, as bhyve's block_if.c, pci_nvme.c and pci_ahci.c open them. */
import { strerror } from '../bhyve/argv.ts'
import { BhyveExit, type ConfigNode, integer } from '../bhyve/config.ts'
import { type Device, ERRNO, type Init, refuse } from './bhyve-init-device.ts'

/** `prefix` stands before the closing words of a device that has some; null where it has none. */
export async function block(
  init: Init,
  node: ConfigNode,
  place: string,
  prefix: string | null,
  cd = false,
): Promise<void> {
  const { config, host, plan } = init
  const last = prefix === null ? [] : [`${prefix}Could not open backing file: No such file or directory`]
  const path = config.getIn(node, 'path')
  if (path === undefined) throw refuse('ENOENT', 'Missing "path" for block device.', ...last)
  for (const flag of ['nocache', 'sync', 'direct', 'nodelete']) config.bool(node, flag, false)
  const readOnly = config.bool(node, 'ro', false) || cd
  const sectors = sectorSize(config.getIn(node, 'sectorsize'))
  if (sectors?.syntax) throw refuse('ENOENT', sectors.text, ...last)
  const facts = await host.stat(path).catch((error: unknown) => {
    throw refuse(
      'ENOENT',
      `bhyve: Could not open backing file: ${path}: ${strerror(error)}`,
      ...last.map(line => line.replace(ERRNO.ENOENT ?? '', strerror(error))),
    )
  })
  if (sectors !== null) throw refuse('ENOENT', sectors.text, ...last)
  const bootindex = integer(config.getIn(node, 'bootindex') ?? '')
  if (bootindex !== null && bootindex >= 0) {
    const holder = init.bootindexes.get(bootindex)
    if (holder !== undefined)
      throw new BhyveExit(
        4,
        `Could not set bootindex ${bootindex} for ${place}. Bootindex already occupied by ${holder}`,
      )
    init.bootindexes.set(bootindex, place)
  }
  plan.disks.push({ path, kind: cd ? 'cd' : 'disk', readOnly: readOnly || !facts.writable, bootindex })
}

/** null when it is right; else what is wrong, and whether already its spelling is. */
function sectorSize(text: string | undefined): { text: string; syntax: boolean } | null {
  if (text === undefined) return null
  const match = /^\s*([+-]?\d+)(?:\/\s*([+-]?\d+))?$/.exec(text)
  if (!match) return { text: `Invalid sector size "${text}"`, syntax: true }
  const logical = Number(match[1])
  const physical = match[2] === undefined ? logical : Number(match[2])
  if (logical === 0) return null
  const powerOfTwo = (n: number) => n > 0 && Number.isInteger(Math.log2(n))
  const fits = powerOfTwo(logical) && logical >= 512 && powerOfTwo(physical) && physical >= logical
  return fits ? null : { text: `Invalid sector size ${logical}/${physical}`, syntax: false }
}

export const nvme: Device = async (init, node, place) => {
  const { config } = init
  const low = (name: string, otherwise: number) => {
    const text = config.getIn(node, name)
    if (text === undefined) return otherwise
    return (Number.parseInt(text, 10) || 0) & 0xffff
  }
  if (low('qsz', 2048) === 0) throw refuse('ENOENT', 'nvme: Invalid qsz option 0')
  if (low('ioslots', 8) === 0) throw refuse('ENOENT', 'Invalid ioslots option 0')
  if (config.getIn(node, 'ram') === undefined) await block(init, node, place, 'nvme: ')
}

export const ahci: Device = async (init, node, place) => {
  const ports = node.get('port')
  if (!(ports instanceof Map)) return
  for (let i = 0; i < 32; i++) {
    const port = ports.get(String(i))
    if (port instanceof Map)
      await block(init, port, `${place} port ${i}`, null, init.config.getIn(port, 'type') === 'cd')
  }
}
