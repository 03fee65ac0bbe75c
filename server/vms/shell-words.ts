/** Words for the run script, which sh(1) reads; a tap's name is known only when ifconfig(8) has made it. Pure. */
import type { NicPlan } from './nics.ts'

/** A character that no conf holds (private use). */
const MARK = '\uE000'

/** A tap's name is known only when ifconfig(8) has made it: a mark stands for it until the script is written. */
export function tapMark(index: number): string {
  return `${MARK}tap${index}${MARK}`
}

/** The taps to build the launch with, for the script: marks, or the device the conf names. */
export function markedTaps(nics: readonly NicPlan[]): Map<number, string> {
  const taps = new Map<number, string>()
  for (const nic of nics) {
    if (nic.backend.kind === 'tap') taps.set(nic.index, nic.backend.device ?? tapMark(nic.index))
  }
  return taps
}

/** One word for sh: as it is where that is safe, else in single quotes; marks become "$tapN". */
export function shellWord(text: string): string {
  return text
    .split(/(\uE000tap[0-9]+\uE000)/)
    .filter((part, _index, parts) => part !== '' || parts.length === 1)
    .map(part => {
      const mark = /^\uE000(tap[0-9]+)\uE000$/.exec(part)
      if (mark) return `"$${mark[1]}"`
      return /^[A-Za-z0-9_.,:=/@+-]+$/.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`
    })
    .join('')
}

export function shellCommand(argv: readonly string[]): string {
  return argv.map(shellWord).join(' ')
}
