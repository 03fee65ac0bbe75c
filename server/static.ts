import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'

type StaticFile = { file: string; compressed: string | null; type: string; etag: string; immutable: boolean }

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
 * climb out. `NAME.br` beside a file (written by the build) is sent to browsers that take brotli.
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
      const compressed = /\bbr\b/.test(request.headers['accept-encoding'] ?? '') ? found.compressed : null
      response.setHeader('Content-Type', found.type)
      response.setHeader('ETag', found.etag)
      if (found.compressed) response.setHeader('Vary', 'Accept-Encoding')
      // The build puts a hash of the content into every name below /_next/static.
      response.setHeader(
        'Cache-Control',
        found.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
      if (request.headers['if-none-match'] === found.etag) {
        response.writeHead(304).end()
        return true
      }
      const file = compressed ?? found.file
      if (compressed) response.setHeader('Content-Encoding', 'br')
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
    if (!entry.isFile() || entry.name.endsWith('.br')) continue
    const file = path.join(entry.parentPath, entry.name)
    const url = `${prefix}/${path.relative(directory, file).split(path.sep).map(encodeURIComponent).join('/')}`
    files.set(url, {
      file,
      compressed: present.has(`${file}.br`) ? `${file}.br` : null,
      type: TYPES[path.extname(file)] ?? 'application/octet-stream',
      etag: `"${createHash('sha256').update(readFileSync(file)).digest('base64url').slice(0, 22)}"`,
      immutable,
    })
  }
}
