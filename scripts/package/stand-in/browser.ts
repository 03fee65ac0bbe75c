/** What a browser asks of the console, without one. */
import { request } from 'node:http'

export type Reply = { status: number; headers: NodeJS.Dict<string | string[]>; bytes: Buffer }

/** `cookie` is kept from one question to the next. */
export function browser(port: number) {
  const origin = `http://127.0.0.1:${port}`
  let cookie = ''

  function ask(
    url: string,
    options: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Reply> {
    const { headers = {}, body } = options
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          host: '127.0.0.1',
          port,
          path: url,
          method: body === undefined ? 'GET' : 'POST',
          headers: { origin, ...(cookie ? { cookie } : {}), ...headers },
        },
        response => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('end', () => {
            const [given] = response.headers['set-cookie'] ?? []
            if (given) cookie = given.split(';')[0] ?? ''
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              bytes: Buffer.concat(parts),
            })
          })
        },
      )
      asked.on('error', reject)
      asked.end(body)
    })
  }

  /** The answer of a procedure; an Error in its words where it refuses. */
  async function call(kind: 'query' | 'mutation', procedure: string, input?: unknown): Promise<unknown> {
    const text = JSON.stringify(input)
    const query = kind === 'query' && text ? `?input=${encodeURIComponent(text)}` : ''
    const { bytes } = await ask(`/api/trpc/${procedure}${query}`, {
      headers: { 'content-type': 'application/json' },
      ...(kind === 'mutation' ? { body: text ?? '' } : {}),
    })
    const { result, error } = JSON.parse(bytes.toString())
    if (error) throw new Error(`${procedure}: ${error.message}`)
    return result.data
  }

  return { ask, call }
}
