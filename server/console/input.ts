import { z } from 'zod'
import type { VncAsk } from './model.ts'

const ask: z.ZodType<VncAsk> = z.strictObject({ type: z.enum(['take', 'retry']) })

/** Reads a browser's text frame; null for anything that is not one of ours. */
export function parseVncAsk(text: string): VncAsk | null {
  try {
    return ask.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
