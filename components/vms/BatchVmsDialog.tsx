'use client'
import { useState } from 'react'
import type { Vm } from '../../server/vms/model.ts'
import { explain, fromApp } from '../errors.ts'
import { useApi } from '../host.tsx'
import type { ActionApi } from '../shell/useAction.ts'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Field, Select } from '../ui/Field.tsx'
import { plural } from '../ui/format.ts'
import { StateMark } from '../ui/State.tsx'
import { vmReason } from './menu.tsx'
import { FORCE_OFF_AFTER, type Grace } from './ShutDownVmDialog.tsx'

export type BatchVerb = 'start' | 'shutdown' | 'forceOff'
/** Where one guest of the batch stands; absent before its turn. */
type Turn = 'working' | 'done' | { failed: string }

const WORDS: Record<BatchVerb, { title: string; verb: string; subtitle: string }> = {
  start: {
    title: 'Start',
    verb: 'Start',
    subtitle: 'One after the other, each as a task of its own. One that fails does not stop the others.',
  },
  shutdown: {
    title: 'Shut down',
    verb: 'Shut down',
    subtitle: 'All are asked by their power buttons (ACPI) at the same time, each as a task of its own.',
  },
  forceOff: {
    title: 'Force off',
    verb: 'Force off',
    subtitle: 'As if their power cords were pulled: what the guests have not written yet is lost.',
  },
}

/** One verb for several guests: each is planned by itself, and says by itself how it ended. */
export default function BatchVmsDialog({
  verb,
  vms,
  onClose,
}: {
  verb: BatchVerb
  vms: readonly Vm[]
  onClose: () => void
}) {
  const api = useApi().vms
  const tools = useTools()
  const [grace, setGrace] = useState<Grace>('90')
  const [turns, setTurns] = useState<ReadonlyMap<string, Turn>>(new Map())
  // What stands in the way is what stood there when the dialog was opened: a guest that has started is no obstacle.
  const [reasons] = useState(() => new Map(vms.map(vm => [vm.name, vmReason(vm, verb, tools)])))
  const chosen = vms.filter(vm => reasons.get(vm.name) === null)
  const running = [...turns.values()].includes('working')
  const hasBegun = turns.size > 0
  const tell = (name: string, turn: Turn) => setTurns(before => new Map(before).set(name, turn))

  async function one(name: string): Promise<boolean> {
    tell(name, 'working')
    const failed = await (verb === 'shutdown'
      ? carryOut(api.shutdown, { vm: name, graceSeconds: Number(grace) })
      : carryOut(api[verb], { vm: name })
    ).catch((error: unknown) => explain(error).what)
    tell(name, failed === null ? 'done' : { failed })
    return failed === null
  }

  async function all() {
    const names = chosen.map(vm => vm.name)
    const ends: boolean[] = []
    if (verb === 'start') for (const name of names) ends.push(await one(name))
    else ends.push(...(await Promise.all(names.map(one))))
    if (ends.every(Boolean)) onClose()
  }

  const { title, subtitle } = WORDS[verb]
  const many = plural(chosen.length, 'guest')
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${title} ${many}`}
      subtitle={subtitle}
      onSubmit={() => {
        if (!hasBegun && chosen.length > 0) void all()
      }}
      footer={
        <>
          <Button onClick={onClose}>{running ? 'Leave it running' : hasBegun ? 'Close' : 'Cancel'}</Button>
          <Button
            type="submit"
            look={verb === 'forceOff' ? 'danger' : 'primary'}
            busy={running}
            disabled={
              hasBegun ? 'It is done.' : chosen.length === 0 ? 'None of them can be asked to now.' : null
            }
          >
            {WORDS[verb].verb} {many}
          </Button>
        </>
      }
    >
      {verb === 'shutdown' && (
        <Field label="Force off after" className="mb-3">
          <Select choices={FORCE_OFF_AFTER} value={grace} onValue={setGrace} />
        </Field>
      )}
      <ul aria-label="Guests" className="divide-y divide-line rounded-lg border border-line">
        {vms.map(vm => (
          <li key={vm.name} className="flex flex-wrap items-baseline gap-x-3 px-3 py-2">
            <span className="min-w-0 flex-1 basis-40 truncate font-medium" title={vm.name}>
              {vm.name}
            </span>
            <span role="status" className="min-w-0">
              <Standing turn={turns.get(vm.name)} reason={reasons.get(vm.name) ?? null} />
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

function Standing({ turn, reason }: { turn: Turn | undefined; reason: string | null }) {
  if (turn === 'working') return <StateMark tone="busy" word="Working" />
  if (turn === 'done') return <StateMark tone="ok" word="Done" />
  if (turn) return <StateMark tone="bad" word={turn.failed} />
  return <span className="text-muted">{reason === null ? 'Ready' : `Left out: ${reason}`}</span>
}

/** Plans, and runs exactly that plan. Null, or why it was refused. */
async function carryOut<Input, Result>(
  action: ActionApi<Input, Result>,
  input: Input,
): Promise<string | null> {
  const plan = await action.plan.query(input)
  if (plan.refused) return fromApp({ detail: {}, ...plan.refused }).what
  await action.run.mutate({ input, seen: plan.digest })
  return null
}
