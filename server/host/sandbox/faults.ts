/**
 * `fault`: failures by hand. `fault add PROGRAM [ARG …] -- hang | missing | garbage | slow MS | exit N [TEXT] [once]`,
 * `fault list`, `fault clear [ID]`. A fault fits when argv starts with its words; the kernel applies it. `fault take ARGV`
 * is for programs that are processes of their own: they ask what is to happen to them.
 */
import { fail, ok, type Program } from './programs.ts'
import type { Fault } from './state.ts'

const USAGE =
  'usage: fault add PROGRAM [ARG ...] -- hang | missing | garbage | slow MS | exit N [TEXT]  [once]\n       fault list\n       fault clear [ID]\n'

type Effect = Pick<Fault, 'kind' | 'milliseconds' | 'exit' | 'text' | 'once'>

function effectOf(words: readonly string[]): Effect | null {
  const once = words.at(-1) === 'once'
  const [kind, ...rest] = once ? words.slice(0, -1) : words
  const plain = { milliseconds: 0, exit: 0, text: '', once }
  if (kind === 'hang' || kind === 'missing' || kind === 'garbage')
    return rest.length === 0 ? { ...plain, kind } : null
  const number = Number(rest[0])
  if (rest[0] === undefined || !Number.isInteger(number) || number < 0) return null
  if (kind === 'slow') return rest.length === 1 ? { ...plain, kind, milliseconds: number } : null
  if (kind === 'exit')
    return number <= 255 ? { ...plain, kind, exit: number, text: rest.slice(1).join(' ') } : null
  return null
}

function line(fault: Fault): string {
  const detail =
    fault.kind === 'slow'
      ? ` ${fault.milliseconds}`
      : fault.kind === 'exit'
        ? ` ${fault.exit}${fault.text === '' ? '' : ` ${fault.text}`}`
        : ''
  return `${fault.id}\t${fault.argv.join(' ')} -- ${fault.kind}${detail}${fault.once ? ' once' : ''}\n`
}

export const fault: Program = (world, argv) => {
  const [, verb, ...words] = argv
  if (verb === 'list') return ok(world.state.faults.map(line).join(''))
  if (verb === 'clear') {
    const before = world.state.faults.length
    world.state.faults =
      words.length === 0 ? [] : world.state.faults.filter(each => String(each.id) !== words[0])
    world.changed()
    if (words.length > 0 && world.state.faults.length === before)
      return fail(1, `fault: ${words[0]}: no such fault\n`)
    return ok()
  }
  if (verb === 'take') {
    const taken = world.state.faults.find(each => each.argv.every((word, index) => words[index] === word))
    if (!taken) return fail(1, '')
    if (taken.once) world.state.faults = world.state.faults.filter(each => each !== taken)
    world.changed()
    return ok(JSON.stringify(taken))
  }
  if (verb !== 'add') return fail(64, USAGE)
  const dashes = words.lastIndexOf('--')
  const effect = dashes < 1 ? null : effectOf(words.slice(dashes + 1))
  if (effect === null) return fail(64, USAGE)
  const added: Fault = { id: world.state.nextFault, argv: words.slice(0, dashes), ...effect }
  world.state.nextFault += 1
  world.state.faults.push(added)
  world.changed()
  return ok(line(added))
}
