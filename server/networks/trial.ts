/**
 * A change that may cut off whoever makes it: the host takes it back by itself unless somebody says in time that it is to
 * stay. What takes it back is a script on the host, so it needs neither the network nor Skep. Pure.
 */
import { daemonArgv } from '../host/daemon.ts'
import type { Step } from '../tasks/model.ts'
import { shellCommand, shellWord } from '../vms/shell-words.ts'

/** hier(7): emptied at every boot, after which the settings hold, and they are written only when the change is kept. */
export const TRIAL_DIRECTORY = '/var/run/skep'

/** The script is what waits. Whoever gives it its next name first has decided: both are one rename(2) of the same file. */
export type Trial = {
  seconds: number
  script: string
  /** Its name once the change is to stay. */
  kept: string
  /** Its name while it takes the change back; it is gone when that is done. */
  taken: string
  /** Index of the step that waits for the word. */
  waitAt: number
}

export function trialPaths(name: string): Pick<Trial, 'script' | 'kept' | 'taken'> {
  // A name in system.conf may hold what a path may not.
  const base = `${TRIAL_DIRECTORY}/undo-${encodeURIComponent(name)}`
  return { script: `${base}.sh`, kept: `${base}.kept`, taken: `${base}.taken` }
}

const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** `undo`: the commands that take the change back, in the order they run. One that finds nothing to take back fails, and the next one runs. */
export function trialScript(name: string, trial: Omit<Trial, 'waitAt'>, undo: readonly string[][]): string {
  const [script, taken] = [shellWord(base(trial.script)), shellWord(base(trial.taken))]
  return `#!/bin/sh
# Skep changes the switch ${JSON.stringify(name)}. Unless somebody keeps the change, this takes it back ${trial.seconds} seconds after its start.
cd "\${0%/*}" || exit 71
sleep ${trial.seconds}
mv ${script} ${taken} 2>/dev/null || exit 0
${undo.map(argv => `${shellCommand(argv)} >/dev/null 2>&1`).join('\n')}
rm -f ${taken}
`
}

/** Prepares and begins the countdown. */
export function beginSteps(trial: Omit<Trial, 'waitAt'>, before: string | null, after: string): Step[] {
  return [
    { title: 'Write what takes the change back', file: { path: trial.script, before, after } },
    {
      title: `Begin the countdown of ${trial.seconds} s: at its end the host takes the change back`,
      argv: daemonArgv(['/bin/sh', trial.script]),
    },
  ]
}

export function waitStep({ seconds, script, kept }: Omit<Trial, 'waitAt'>): Step {
  return {
    title: 'Wait until you say that it is to stay',
    note: `up to ${seconds} s; then the countdown is called off: rename ${script} ${kept}`,
  }
}
