/** The machine side as plain JavaScript: every file of `server/` and what it imports, in a handful of files. */
import { copyFileSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { type Plugin, rolldown } from 'rolldown'

/** Stay packages of their own: Next finds its parts by path, the emulator its firmware. */
const PACKAGES = ['next', 'v86']
/** `new URL('./NAME', import.meta.url)`: a program that is started, or a file that is read, by its place. */
const PLACE = /new URL\('(\.[^']*)', import\.meta\.url\)/g

/**
 * Writes `entries` (`{ main: 'server/main.ts' }`) and everything they reach, programs they start included, into one flat
 * directory `to`.
 */
export async function bundle(root: string, entries: Readonly<Record<string, string>>, to: string) {
  const bundled = await rolldown({
    cwd: root,
    input: { ...entries },
    platform: 'node',
    // A native half is optional wherever one is named; the package has none.
    external: [...PACKAGES, 'cpu-features', /\.node$/],
    plugins: [places(root, to)],
    onLog(level, log, report) {
      if (level === 'warn') throw new Error(`the bundler warns: ${log.message}`)
      report(level, log)
    },
  })
  await bundled.write({
    dir: to,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // Packages written for require() ask for their place by these names, which a module has not.
    banner: 'const __dirname = import.meta.dirname, __filename = import.meta.filename',
    // A stack trace of an administrator must name functions.
    minify: false,
  })
  await bundled.close()
}

/** All files of the bundle lie in one directory, so a place is a name in it, from whichever file it is asked for. */
function places(root: string, to: string): Plugin {
  return {
    name: 'places',
    transform(code, id) {
      const replaced = code.replace(PLACE, (whole, relative: string) => {
        // The root is one above `server/`, here as there.
        if (relative.startsWith('..') && path.dirname(id) === path.join(root, 'server')) return whole
        const file = path.resolve(path.dirname(id), relative)
        const extension = path.extname(file)
        if (extension === '.ts') {
          const name = `${path
            .relative(path.dirname(path.dirname(file)), file)
            .replace(/[/\\]/g, '-')
            .slice(0, -3)}.js`
          this.emitFile({ type: 'chunk', id: file, fileName: name })
          return `new URL('./${name}', import.meta.url)`
        }
        mkdirSync(to, { recursive: true })
        copyFileSync(file, path.join(to, path.basename(file)))
        return `new URL('./${path.basename(file)}', import.meta.url)`
      })
      return replaced === code ? null : { code: replaced, map: null }
    },
  }
}
