import { writeAsShown } from '../datasets/steps.ts'
import { runOrThrow } from '../host/answer.ts'
import type { Host } from '../host/host.ts'
import type { Step } from '../tasks/model.ts'

/** Carries out one step of a plan as it was shown: its file, then its command. */
export async function runStep(host: Host, { file, argv }: Step): Promise<void> {
  if (file) await writeAsShown(host, file)
  if (argv) await runOrThrow(host, argv, [])
}
