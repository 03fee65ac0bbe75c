/** `node scripts/package/main.ts DIRECTORY`: the package, of pages that are built. `scripts/package.mjs` calls it. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { archive } from './archive.ts'
import { assemble } from './assemble.ts'
import { checksum } from './files.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const [directory = ''] = process.argv.slice(2)
const staging = mkdtempSync(path.join(os.tmpdir(), 'skep-package-'))
try {
  const { name, programs } = await assemble(root, staging)
  const bytes = await archive(staging, name, programs)
  const file = `${name}.tar.gz`
  mkdirSync(directory, { recursive: true })
  for (const [target, content] of [
    [file, bytes],
    [`${file}.sha256`, `${checksum(bytes)}  ${file}\n`],
  ] as const) {
    const at = path.join(directory, target)
    writeFileSync(`${at}.new`, content)
    renameSync(`${at}.new`, at)
  }
  process.stdout.write(`${path.join(directory, file)} (${(bytes.length / 1024 / 1024).toFixed(1)} MiB)\n`)
} finally {
  rmSync(staging, { recursive: true, force: true })
}
