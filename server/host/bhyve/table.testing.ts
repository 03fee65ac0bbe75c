/** The handbook's page about bhyve's command line: the recorded cases by kind, counted, and where Skep goes its own way. */
import { type BhyveCase, bhyveCases, capturedOn, judged, readByModel, withDump } from './golden.testing.ts'

const HEAD = `# bhyve's command line, as bhyve reads it and as Skep does

Skep never starts bhyve on a hope: \`server/host/bhyve/\` reads a command line as bhyve's own code does, into the same
configuration tree, with the same words and status where bhyve refuses. The practice machine's bhyve is this model, and
what would be misread is told before anything runs. These tables hold it to ${bhyveCases.length} command lines that bhyve's own parser (that
of FreeBSD 15.0) was given; they lie in \`server/host/golden/bhyve/\`.

    npx vitest run --config scripts/vitest.config.ts server/host/bhyve --update     # writes this page

**Tree**: what \`-o config.dump=1\` prints, or bhyve's refusal with its status, is the same, letter for letter. **Start**:
the same until the first instruction of the guest (files, taps and devices as on the machine of the captures). **Caught**:
bhyve refuses it, and Skep says so before. **Silent**: bhyve takes it without a word for something else, and Skep refuses
it. **Machine**: only the machine can know (a file is missing), so that bhyve is left to say it.
`

const KINDS: Record<string, string> = {
  '9p': 'virtio-9p',
  G: '-G, debug server',
  U: '-U, uuid',
  ahci: 'ahci',
  blk: 'virtio-blk and options of disks',
  c: '-c, processors',
  e1000: 'e1000',
  f: '-f, firmware items',
  fbuf: 'fbuf, the screen',
  flag: 'flags and their letters',
  hb: 'hostbridge',
  hda: 'hda, sound',
  input: 'virtio-input',
  k: '-k, files of variables',
  l: '-l, firmware, serial ports, TPM',
  line: 'whole lines',
  m: '-m, memory',
  n: '-n, NUMA domains',
  name: 'the name of the guest',
  net: 'virtio-net and its backends',
  nvme: 'nvme',
  o: '-o, variables',
  p: '-p, pinning',
  pass: 'passthru',
  rnd: 'virtio-rnd',
  s: '-s, slots',
  scsi: 'virtio-scsi',
  uart: 'uart',
  vcon: 'virtio-console',
  xhci: 'xhci, USB',
}

const kindOf = (one: BhyveCase) => KINDS[one.name.split('-', 1)[0] ?? ''] ?? 'other'
const ABORTED = 134

type Row = { cases: number; tree: number; start: number; caught: number; silent: number; machine: number }

async function rowOf(cases: readonly BhyveCase[]): Promise<Row> {
  const row: Row = { cases: cases.length, tree: 0, start: 0, caught: 0, silent: 0, machine: 0 }
  for (const one of cases) {
    const dump = await readByModel(withDump(one.argv))
    const start = await readByModel(one.argv, capturedOn)
    const isTree = dump.exit === one.dump?.exit && dump.stdout === one.dump.stdout
    if (isTree && (dump.exit === ABORTED || dump.stderr === one.dump?.stderr)) row.tree++
    if (start.exit === one.init?.exit && (start.exit === ABORTED || start.stderr === one.init.stderr))
      row.start++
    if (one.name in judged.silent) row.silent++
    else if (one.name in judged.environment) row.machine++
    else if (one.dump?.exit !== 1 || one.init?.exit !== 0) row.caught++
  }
  return row
}

function rowText(name: string, row: Row): string {
  const { cases, tree, start, caught, silent, machine } = row
  const cells = [cases, tree, start, caught, silent, machine].map(count =>
    count === 0 ? '–' : String(count),
  )
  return `| ${[name, ...cells].join(' | ')} |`
}

/** A command line as it is shown; what every case has is left out. */
function shown(argv: readonly string[]): string {
  const words = argv.filter(
    (word, at) => !isCommon(word) && !(isCommon(argv[at + 1] ?? '') && /^-[ls]$/.test(word)),
  )
  const text = words.map(word => (word === '' || /\s/.test(word) ? `"${word}"` : word)).join(' ')
  return `\`${text.length > 100 ? `${text.slice(0, 99)}…` : text}\``
}
const isCommon = (word: string) =>
  /^(0,hostbridge|31,lpc|bootrom,\/usr\/local\/share\/uefi-firmware\/BHYVE_UEFI\.fd|vm0)$/.test(word)

function listOf(names: Record<string, string>): string[] {
  return bhyveCases.flatMap(one => {
    const reason = names[one.name]
    if (reason === undefined) return []
    const why = reason === '-' ? (one.note ?? one.init?.stderr.split('\n')[0] ?? '') : reason
    return [`- *${one.name}*, ${shown(one.argv)}${why === '' ? '' : `: ${why}`}`]
  })
}

export async function bhyveTable(): Promise<string> {
  const kinds = [...new Set(bhyveCases.map(kindOf))]
  const lines = [
    HEAD,
    '| | cases | tree | start | caught | silent | machine |',
    '|---|--:|--:|--:|--:|--:|--:|',
  ]
  for (const kind of kinds)
    lines.push(rowText(kind, await rowOf(bhyveCases.filter(one => kindOf(one) === kind))))
  lines.push(rowText('**all**', await rowOf(bhyveCases)))
  return [
    ...lines,
    '',
    '## Taken by bhyve without a word, refused by Skep',
    '',
    ...listOf(judged.silent),
    '',
    '## Left to the machine',
    '',
    ...listOf(judged.environment),
    '',
    'Texts of files given with `-k` were not recorded; they were rebuilt from what bhyve read out of them (`files.json`).',
    'An assertion that fails names a line of a library’s source; of such a message only its beginning is compared.',
    '',
  ].join('\n')
}
