import type { Step } from '../../server/tasks/model.ts'

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/

/** One argument as sh(1) reads it back: plain words as they are, everything else in single quotes. */
export function quote(argument: string): string {
  if (PLAIN.test(argument)) return argument
  return `'${argument.replaceAll("'", `'\\''`)}'`
}

/** An argv as one line that can be pasted into sh(1). */
export function commandLine(argv: readonly string[]): string {
  return argv.map(quote).join(' ')
}

/**
 * The steps of a plan as shell text: a comment for each step without a command, the commands themselves,
 * and written files as here-documents. What can be pasted is what runs.
 */
export function shellText(steps: readonly Step[]): string {
  return steps.map(stepText).join('\n')
}

function stepText(step: Step): string {
  const note = `# ${[step.title, step.note].filter(Boolean).join(': ').replaceAll('\n', '\n# ')}`
  if (step.argv) return step.note ? `${note}\n${commandLine(step.argv)}` : commandLine(step.argv)
  if (step.file) return `${note}\n${hereDocument(step.file.path, step.file.after)}`
  return note
}

function hereDocument(path: string, text: string): string {
  let end = 'EOF'
  while (text.split('\n').includes(end)) end += '_'
  const body = text.endsWith('\n') ? text : `${text}\n`
  return `cat > ${quote(path)} <<'${end}'\n${body}${end}`
}
