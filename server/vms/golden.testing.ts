/** What vm-bhyve did with each recorded conf beside what Skep makes of it, part by part. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { editConf } from './conf.ts'
import { tapCommands } from './nics.ts'
import { GOLDEN, type GoldenCase, goldenCase, goldenNames, launchCase, writtenBack } from './testing.ts'

export type Part = 'argv' | 'console' | 'loader' | 'commands' | 'conf'

/** Where Skep knowingly differs, with the reason. An entry that no longer differs is stale. */
export type Deviations = Record<string, Partial<Record<Part, string>>>

const read = (leaf: string): unknown => JSON.parse(readFileSync(join(GOLDEN, leaf), 'utf8'))
export const deviations = read('deviations.json') as Deviations
/** Started by vm-bhyve, refused by Skep: the key of the conf that it is about. */
export const refusals = read('refusals.json') as Record<string, string>

export const goldenCases: readonly GoldenCase[] = goldenNames().map(goldenCase)
export const startedCases = goldenCases.filter(one => one.argv.length > 0)
/** vm-bhyve stopped before bhyve for what the conf or the host lacks, not for what a program did at run time. */
export const refusedCases = goldenCases.filter(
  one =>
    one.argv.length === 0 &&
    one.json.command[1] === '_run' &&
    one.conf !== '' &&
    !one.commands.some(argv => isLoader(argv[0] ?? '')) &&
    !/^err-(lock|vmm|vmx|no-guest|noname|zfs)/.test(one.name),
)
/** sysrc wrote made-up values back. */
export const writtenCases = goldenCases.filter(one => one.conf !== '' && one.file('conf.after') !== null)

function isLoader(program: string): boolean {
  return /^(.*\/)?(bhyveload|grub-bhyve)$/.test(program)
}

/** Interface commands that change something. */
function changing(golden: GoldenCase): string[][] {
  return golden.commands.filter(argv => argv[0] === 'ifconfig' && argv[1] !== '-g' && argv.length > 2)
}

function ourInterfaceCommands(golden: GoldenCase): string[][] {
  const { nics, taps } = launchCase(golden)
  const made: string[] = []
  const commands: string[][] = []
  for (const nic of nics) {
    if (nic.backend.kind !== 'tap') continue
    if (nic.backend.create) commands.push(nic.backend.create)
    const tap = taps.get(nic.index)
    if (tap === undefined) continue
    commands.push(...tapCommands(golden.json.guest, nic, tap))
    if (nic.backend.create) made.push(tap)
  }
  return [...commands, ...made.map(tap => ['ifconfig', tap, 'destroy'])]
}

/** The parts of a case that vm-bhyve started: what Skep makes, and what vm-bhyve made. */
export function startedParts(golden: GoldenCase): { part: Part; ours: unknown; theirs: unknown }[] {
  const { launch } = launchCase(golden).result
  const loaders = golden.commands.filter(argv => isLoader(argv[0] ?? ''))
  return [
    {
      part: 'argv',
      ours: golden.argv.map((_, run) => (run === 0 ? launch?.argv : launch?.argvAgain)),
      theirs: golden.argv,
    },
    { part: 'console', ours: launch?.console ?? '', theirs: golden.file('console') ?? '' },
    {
      part: 'loader',
      ours: loaders.map((_, run) => (run === 0 ? launch?.loader?.argv : launch?.loaderAgain?.argv)),
      theirs: loaders,
    },
    { part: 'commands', ours: ourInterfaceCommands(golden), theirs: changing(golden) },
  ]
}

/** The conf with the made-up values, as Skep writes it and as sysrc did. */
export function writtenPart(golden: GoldenCase): { part: Part; ours: unknown; theirs: unknown } {
  return { part: 'conf', ours: editConf(golden.conf, writtenBack(golden)), theirs: golden.file('conf.after') }
}
