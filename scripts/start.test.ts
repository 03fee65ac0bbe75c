/** `npm start` on FreeBSD, as far as another system can play it: platform, user and kldstat(8) are made up. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

/** A checkout with its dependencies in place and a console that only says that it was started. */
function checkout(vmm: boolean): string {
  const root = mkdtempSync(path.join(os.tmpdir(), 'skep-start-'))
  roots.push(root)
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), text)
  }
  cpSync(import.meta.dirname, path.join(root, 'scripts'), { recursive: true })
  write('package-lock.json', '{}')
  for (const file of ['package.json', 'tsconfig.json']) write(file, '{}')
  write('next.config.js', '')
  write('app/page.tsx', 'export default 1')
  write('server/main.ts', `console.log('started with ' + process.env.SKEP_HOST)`)
  write('node_modules/.skep-lock', createHash('sha256').update('{}').digest('hex'))
  write('bin/kldstat', `#!/bin/sh\nexit ${vmm ? 0 : 1}\n`)
  chmodSync(path.join(root, 'bin/kldstat'), 0o755)
  return root
}

function freebsd(uid: number): string {
  return `Object.defineProperty(process, 'platform', { value: 'freebsd' }); process.getuid = () => ${uid}`
}

function start(root: string, uid: number): Promise<{ exit: number; stdout: string; stderr: string }> {
  const fake = `data:text/javascript,${encodeURIComponent(freebsd(uid))}`
  const env = { NODE_ENV: 'test' as const, PATH: `${root}/bin:/usr/bin:/bin`, HOME: root }
  return new Promise(resolve => {
    const argv = ['--import', fake, path.join(root, 'scripts/start.mjs')]
    execFile(process.execPath, argv, { env }, (error, stdout, stderr) =>
      resolve({ exit: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}

test('not root, no vmm: it says so and offers the practice machine', async () => {
  expect(await start(checkout(true), 1001)).toMatchObject({
    exit: 1,
    stderr: expect.stringMatching(/needs root.*\n.*npm run demo/),
  })
  expect((await start(checkout(false), 0)).stderr).toMatch(/kldload vmm\n/)
})

test('without pages it says where to build them; pages brought from there are taken', async () => {
  const root = checkout(true)
  const without = await start(root, 0)
  expect(without).toMatchObject({ exit: 1, stdout: '' })
  expect(without.stderr).toMatch(/not built yet, and Next has no compiler for freebsd/)
  expect(without.stderr).toContain(`tar -C ${root}/ -xf -`)

  mkdirSync(path.join(root, '.next'))
  writeFileSync(path.join(root, '.next/skep-build'), 'of another version')
  expect((await start(root, 0)).stderr).toMatch(/built from other files than these/)

  // What the build would leave there, made by the program that checks it.
  const source = readFileSync(path.join(root, 'scripts/build.mjs'), 'utf8')
  writeFileSync(
    path.join(root, 'scripts/stamp.mjs'),
    `${source.slice(0, source.lastIndexOf('if (process.argv[1]'))}\nwriteFileSync('${root}/.next/skep-build', fingerprint('${root}/'))\n`,
  )
  await new Promise(resolve => execFile(process.execPath, [path.join(root, 'scripts/stamp.mjs')], resolve))
  expect(await start(root, 0)).toMatchObject({ exit: 0, stdout: 'started with local:\n' })
})
