/** The handbook's page about vm-bhyve: the recorded cases by group, counted, and where Skep goes its own way. */
import { isDeepStrictEqual } from 'node:util'
import {
  deviations,
  goldenCases,
  type Part,
  refusals,
  refusedCases,
  startedCases,
  startedParts,
  writtenCases,
  writtenPart,
} from './golden.testing.ts'
import type { GoldenCase } from './testing.ts'

const HEAD = `# Beside vm-bhyve

Skep and vm-bhyve share confs, locks, console files, taps and bridges, so that each shows and stops the other's guests. What
vm-bhyve does with a conf was recorded from its own scripts, for ${goldenCases.length} confs (its development head of August 2026; almost all
are equal in its release 1.7.5); the recordings lie in \`server/host/golden/vm-bhyve/\`.

    npx vitest run --config scripts/vitest.config.ts server/vms/golden.test.ts --update     # writes this page

**argv**: bhyve's command line, of the first start and of every one after a reboot, is the same word for word. **console**:
the file that says where the screen and the serial ports are. **loader**: bhyveload's or grub-bhyve's command line.
**commands**: what is done to taps and bridges. **conf**: made-up values (uuid, MAC) are written back as sysrc writes them,
every other byte is kept. **refused**: what vm-bhyve does not start, Skep refuses too, with a sentence at the key. Cases of
\`list\` and \`create\`, and those about locks and missing programs, are other tests': what is counted here is a start.
`

const PARTS: readonly Part[] = ['argv', 'console', 'loader', 'commands', 'conf']

type Count = { same: number; all: number }

function partsOf(golden: GoldenCase): { part: Part; isSame: boolean }[] {
  const parts = startedCases.includes(golden) ? startedParts(golden) : []
  if (writtenCases.includes(golden)) parts.push(writtenPart(golden))
  return parts.map(({ part, ours, theirs }) => ({ part, isSame: isDeepStrictEqual(ours, theirs) }))
}

function rowText(title: string, cases: readonly GoldenCase[]): string {
  const counts = new Map<Part, Count>(PARTS.map(part => [part, { same: 0, all: 0 }]))
  for (const golden of cases) {
    for (const { part, isSame } of partsOf(golden)) {
      const count = counts.get(part)
      if (!count) continue
      count.all++
      if (isSame) count.same++
    }
  }
  const refused = cases.filter(golden => refusedCases.includes(golden)).length
  const cells = [...counts.values()].map(({ same, all }) => (all === 0 ? '–' : `${same} of ${all}`))
  return `| ${[title, String(cases.length), ...cells, refused === 0 ? '–' : String(refused)].join(' | ')} |`
}

export function vmBhyveTable(): string {
  const groups = [...Map.groupBy(goldenCases, one => one.json.group)].sort(([a], [b]) => (a < b ? -1 : 1))
  const described = (name: string) => goldenCases.find(one => one.name === name)?.json.description ?? ''
  return [
    HEAD,
    `| | cases | ${PARTS.join(' | ')} | refused |`,
    `|---|--:|${PARTS.map(() => '--:').join('|')}|--:|`,
    ...groups.map(([group, cases]) => rowText(group, cases)),
    rowText('**all**', goldenCases),
    '',
    '## Other on purpose',
    '',
    ...Object.entries(deviations).flatMap(([name, parts]) =>
      Object.entries(parts).map(([part, reason]) => `- *${name}*, ${part}: ${reason}.`),
    ),
    '',
    '## Started by vm-bhyve, refused by Skep',
    '',
    'bhyve would refuse these, or take them for something else than what is written. Skep says so before, at the key.',
    '',
    ...Object.entries(refusals).map(([name, key]) => `- *${name}*, \`${key}\`: ${described(name)}`),
    '',
  ].join('\n')
}
