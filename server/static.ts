import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'

type StaticFile = { file: string; packed: Packed[]; type: string; hash: string; immutable: boolean }
type Packed = { encoding: string; file: string }

/** What may lie beside a file, best first, by the name that HTTP gives it (RFC 9110, 8.4.1). */
const ENCODINGS = [
  { encoding: 'br', suffix: '.br' },
  { encoding: 'gzip', suffix: '.gz' },
]

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
}

/**
 * The files of the build and of `public/`, looked up once: a path that is not in this list is not a file, so none can
 * climb out. `NAME.br` and `NAME.gz` beside a file (written by the build) are sent to browsers that take them.
 */
export function createStaticFiles(
  root: string,
  { build }: { build: boolean },
): {
  serve(request: IncomingMessage, response: ServerResponse, pathname: string): boolean
} {
  const files = new Map<string, StaticFile>()
  if (build) collect(path.join(root, '.next/static'), '/_next/static', true, files)
  collect(path.join(root, 'public'), '', false, files)

  return {
    /** Answers when `pathname` is one of the files; false otherwise. */
    serve(request, response, pathname) {
      const found = files.get(pathname)
      if (!found || (request.method !== 'GET' && request.method !== 'HEAD')) return false
      const packed = found.packed.find(one => accepts(request.headers['accept-encoding'], one.encoding))
      // One tag a form: a strong one stands for exactly these bytes (RFC 9110, 8.8.3.3).
      const etag = packed ? `"${found.hash}-${packed.encoding}"` : `"${found.hash}"`
      response.setHeader('Content-Type', found.type)
      response.setHeader('ETag', etag)
      if (found.packed.length > 0) response.setHeader('Vary', 'Accept-Encoding')
      // The build puts a hash of the content into every name below /_next/static.
      response.setHeader(
        'Cache-Control',
        found.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
      if (request.headers['if-none-match'] === etag) {
        response.writeHead(304).end()
        return true
      }
      const file = packed?.file ?? found.file
      if (packed) response.setHeader('Content-Encoding', packed.encoding)
      response.setHeader('Content-Length', statSync(file).size)
      if (request.method === 'HEAD') response.end()
      else
        createReadStream(file)
          .on('error', () => response.destroy())
          .pipe(response)
      return true
    },
  }
}

function collect(directory: string, prefix: string, immutable: boolean, files: Map<string, StaticFile>) {
  if (!existsSync(directory)) return
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
  const present = new Set(names.map(entry => path.join(entry.parentPath, entry.name)))
  for (const entry of names) {
    const file = path.join(entry.parentPath, entry.name)
    if (!entry.isFile() || isPacked(file, present)) continue
    const url = `${prefix}/${path.relative(directory, file).split(path.sep).map(encodeURIComponent).join('/')}`
    files.set(url, {
      file,
      packed: ENCODINGS.flatMap(({ encoding, suffix }) =>
        present.has(file + suffix) ? { encoding, file: file + suffix } : [],
      ),
      type: TYPES[path.extname(file)] ?? 'application/octet-stream',
      hash: createHash('sha256').update(readFileSync(file)).digest('base64url').slice(0, 22),
      immutable,
    })
  }
}

/** A packed form of a file that is there is no file of its own. */
function isPacked(file: string, present: ReadonlySet<string>): boolean {
  return ENCODINGS.some(({ suffix }) => file.endsWith(suffix) && present.has(file.slice(0, -suffix.length)))
}

/** Whether `Accept-Encoding` names the encoding and does not refuse it with a weight of 0 (RFC 9110, 12.5.3). */
function accepts(header: string | string[] | undefined, encoding: string): boolean {
  return String(header ?? '')
    .split(',')
    .some(one => {
      const [name = '', ...parameters] = one.split(';').map(part => part.trim().toLowerCase())
      return name === encoding && !parameters.some(part => /^q=0(\.0*)?$/.test(part))
    })
}
