import type { Choice } from '../ui/Field.tsx'

/** Leave the property alone: it comes from the parent. */
export const INHERIT = ''

const inherit: Choice = { value: INHERIT, label: 'As the parent' }
const plain = (value: string): Choice => ({ value, label: value })

/** zfsprops(7), those worth choosing; any other can be set on the page of the dataset. */
export const COMPRESSIONS: readonly Choice[] = [
  inherit,
  ...['lz4', 'zstd', 'zstd-fast', 'gzip', 'zle', 'off'].map(plain),
]
export const CHECKSUMS: readonly Choice[] = [
  inherit,
  ...['on', 'fletcher4', 'sha256', 'sha512', 'skein', 'blake3'].map(plain),
]
export const RECORD_SIZES: readonly Choice[] = [
  inherit,
  ...['16K', '32K', '64K', '128K', '256K', '512K', '1M'].map(plain),
]
