import { fileURLToPath } from 'node:url'

/** Where this Skep lies: the checkout, or the unpacked package. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))
