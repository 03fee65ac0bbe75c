/** The handbook's page about the suite: scenario by sandbox and version, with every known difference explained. */
import { recordedVersions } from './recordings.testing.ts'
import { isBefore, type Step } from './story.testing.ts'
import { isFor, type Scenario, type Theme } from './theme.testing.ts'
import { THEMES } from './themes.testing.ts'

export const TABLE_FILE = 'docs/contract.md'

const HEAD = `# What Skep asks of ZFS, and what it is answered

Skep drives \`zfs\` and \`zpool\` and reads what they say. Each line of these tables is a short story of such commands, told
to real OpenZFS (file-backed, throw-away pools on the [laboratory](lab.md)) and to the sandbox. What the real ones answered
is kept in \`server/host/golden/contract/\`; the tests read it again with the parsers of today, and hold the sandbox to it
word by word: each step must be said as one of the recorded versions says it.

    npm run contract -- ssh://root@127.0.0.1:2224     # records what this machine answers, and writes this page
    HOST=ssh://root@127.0.0.1:2224 HOST_IDENTITY=FILE npx vitest run --config scripts/vitest.config.ts server/host/contract

The second line tells the stories to a machine without recording. Both touch only pools they made themselves, in files
below \`/var/tmp/ct\`, which bear the property \`org.skep:contract=throwaway\`; where the machine has other pools, stories that
reach further (held scans, injected faults) are left out.

**ok**: answered as the story wants, and understood by Skep. **ok°**: the same, and this version says something otherwise
than a newer one, which the story knows: see below the table. **–**: it cannot be told to this
version. **differs**: the sandbox
is known to answer otherwise, and why stands below the table.
`

function cellOf(scenario: Scenario, version: string): string {
  if (!isFor(scenario, version)) return '–'
  return scenario.steps.some(step => isOlder(step, version)) ? 'ok°' : 'ok'
}

/** Whether a step expects something of its own from this version. */
function isOlder(step: Step, version: string): boolean {
  return step.expected.some(({ before }) => before !== null && isBefore(version, before))
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|')
}

/** A command as it is shown: the long names of the stories shortened. */
function shown(text: string): string {
  const short = text.replace(/(.)\1{20,}/g, '$1…').replace(/(?:\/\d){10,}/g, '/0/1/…')
  return `\`${short.replace(/^\? /, 'Skep: ')}\``
}

function notesOf(scenario: Scenario): string[] {
  const since = scenario.since === null ? [] : [`since ${scenario.since[0]}: ${scenario.since[1]}.`]
  const older = scenario.steps
    .filter(step => step.expected.some(({ before }) => before !== null))
    .map(step => `${shown(step.text)}: ${step.why ?? 'the versions differ'}.`)
  const sandbox = Object.entries(scenario.sandbox).map(
    ([step, why]) => `the sandbox${step === '*' ? '' : `, ${shown(step)}`}: ${why}.`,
  )
  const except = scenario.except === null ? [] : [`not ${scenario.except[0]}: ${scenario.except[1]}.`]
  return [...since, ...except, ...older, ...sandbox]
}

function themeText({ title, scenarios }: Theme, versions: readonly string[]): string {
  const rows = scenarios.map(scenario => {
    const sandbox = Object.keys(scenario.sandbox).length > 0 ? 'differs' : 'ok'
    const cells = [inCell(scenario.name), sandbox, ...versions.map(version => cellOf(scenario, version))]
    return `| ${cells.join(' | ')} |`
  })
  const notes = scenarios.flatMap(scenario => notesOf(scenario).map(note => `- *${scenario.name}*: ${note}`))
  return [
    `## ${title}\n`,
    `| | sandbox | ${versions.join(' | ')} |`,
    `|---|---|${versions.map(() => '---|').join('')}`,
    ...rows,
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
  ].join('\n')
}

export function tableText(): string {
  const versions = recordedVersions()
  const all = THEMES.flatMap(({ scenarios }) => scenarios)
  const differing = all.filter(({ sandbox }) => Object.keys(sandbox).length > 0).length
  const count = `${all.length} stories, ${all.flatMap(({ steps }) => steps).length} steps; the sandbox differs in ${differing} of them. OpenZFS ${versions.join(', ')}.`
  return `${HEAD}\n${count}\n\n${THEMES.map(theme => themeText(theme, versions)).join('\n')}`
}
