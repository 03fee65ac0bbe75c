/** Faults by hand for programs that are processes of their own: a script starts them, so the kernel cannot step in. */
import * as z from 'zod/mini'
import { kernelOf } from './start.ts'

const Taken = z.object({
  kind: z.enum(['hang', 'missing', 'garbage', 'slow', 'exit']),
  milliseconds: z.number(),
  exit: z.number(),
  text: z.string(),
})

/** Asks the kernel what is to happen to this command line, and lets it: returns only where the program is to run. */
export async function suffer(dir: string, argv: readonly string[]): Promise<void> {
  const client = await kernelOf(dir)
  const parts: Uint8Array[] = []
  const { exit } = await client.run({
    argv: ['fault', 'take', ...argv],
    onOutput: (which, bytes) => which === 'stdout' && parts.push(bytes),
  })
  client.close()
  if (exit !== 0) return
  const fault = Taken.parse(JSON.parse(Buffer.concat(parts).toString()))
  const end = (status: number, text: string) => {
    process.stderr.write(text)
    process.exit(status)
  }
  switch (fault.kind) {
    case 'hang':
      return new Promise(() => setInterval(() => {}, 60_000))
    case 'missing':
      return end(127, `${argv[0]}: not found\n`)
    case 'garbage':
      return end(0, '\u0000\u0007%%s\tNaN\n')
    case 'slow':
      return new Promise(resolve => setTimeout(resolve, fault.milliseconds))
    case 'exit':
      return end(fault.exit, fault.text === '' ? '' : `${fault.text}\n`)
  }
}
