/** diskinfo(8) without options. */
import { fail, type Program } from './programs.ts'

const SECTOR_BYTES = 512
const STRIPE_BYTES = 4096

export const diskinfo: Program = async (world, argv) => {
  const disks = argv.slice(1)
  if (disks.length === 0 || disks[0]?.startsWith('-'))
    return fail(1, 'usage: diskinfo [-cipsStvw] disk ...\n')
  let stdout = ''
  let stderr = ''
  for (const operand of disks) {
    const disk = world.state.disks[operand.replace(/^\/dev\//, '')]
    if (disk) {
      const sectors = Math.floor(disk.sizeBytes / SECTOR_BYTES)
      stdout += `${[operand, SECTOR_BYTES, disk.sizeBytes, sectors, STRIPE_BYTES, 0].join('\t')}\n`
    } else stderr += `diskinfo: ${operand}: No such file or directory\n`
  }
  return { exit: stderr === '' ? 0 : 1, stdout, stderr }
}
