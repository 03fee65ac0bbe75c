/** The options of a disk as bhyve writes them, `ro,sectorsize=512/4096`: what a form ticks is put in and taken out. */

/** The value of an option: '' for one that stands alone, null where it is not there. */
export function optionOf(options: string, key: string): string | null {
  const found = options.split(',').findLast(option => option === key || option.startsWith(`${key}=`))
  return found === undefined ? null : found.slice(key.length + 1)
}

/** With the option set to a value ('' stands alone) or, with null, without it. The others stay, in their order. */
export function withOption(options: string, key: string, value: string | null): string {
  const all = options.split(',').filter(Boolean)
  const isIt = (option: string) => option === key || option.startsWith(`${key}=`)
  const written = value === '' ? key : `${key}=${value}`
  if (value === null) return all.filter(option => !isIt(option)).join(',')
  if (!all.some(isIt)) return [...all, written].join(',')
  return all.map(option => (isIt(option) ? written : option)).join(',')
}
