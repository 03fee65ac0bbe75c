/** uname(1): which system and which kernel runs. */
import { runOrThrow, unreadable } from './answer.ts'
import type { Host, RunOptions } from './host.ts'

function unameArgv(): string[] {
  return ['uname', '-sr']
}

/** `uname -sr`: "FreeBSD 14.5-RELEASE-p2". AppError `unreadable`. */
export function parseUname(text: string): { system: string; release: string } {
  const match = /^(\S+) (\S+)\n$/.exec(text)
  if (!match) throw unreadable('uname', text, 'it is not a system and a release')
  return { system: match[1] ?? '', release: match[2] ?? '' }
}

export async function uname(
  host: Host,
  options: RunOptions = {},
): Promise<{ system: string; release: string }> {
  return parseUname(await runOrThrow(host, unameArgv(), [], options))
}

const systems = new WeakMap<Host, string>()

/** The system's name, asked once a host: what a machine runs does not change while its address stays the same. */
export async function systemOf(host: Host): Promise<string> {
  const known = systems.get(host)
  if (known !== undefined) return known
  const { system } = await uname(host)
  systems.set(host, system)
  return system
}
