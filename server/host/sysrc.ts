/** sysrc(8): settings of /etc/rc.conf. */

import { runOrThrow } from './answer.ts'
import type { Host } from './host.ts'

export function setArgv(key: string, value: string): string[] {
  return ['sysrc', `${key}=${value}`]
}

/** `key+=word`: adds a word to a list; what somebody else has added meanwhile stays. */
export function addWordArgv(key: string, word: string): string[] {
  return ['sysrc', `${key}+=${word}`]
}

/** `key-=word`: takes a word out of a list and leaves the others, whatever they are by now. */
export function removeWordArgv(key: string, word: string): string[] {
  return ['sysrc', `${key}-=${word}`]
}

/** Whether a value of the key is what one of the commands above leaves behind. */
export function isAsSet(argv: readonly string[], value: string | null): boolean {
  const [, operator, text = ''] = /^[^=+-]+([+-]?)=(.*)$/s.exec(argv[1] ?? '') ?? []
  const words = (value ?? '').split(/\s+/)
  if (operator === '+') return words.includes(text)
  if (operator === '-') return !words.includes(text)
  return (value ?? '') === text
}

/** The value as a shell would see it, or null where the key is not set (`-i` makes that no error, `-n` prints values only). */
export async function readSetting(host: Pick<Host, 'run'>, key: string): Promise<string | null> {
  const text = await runOrThrow(host, ['sysrc', '-in', key], [])
  return text === '' ? null : text.replace(/\n$/, '')
}
