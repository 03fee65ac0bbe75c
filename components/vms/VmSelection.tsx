'use client'
import { lazy } from 'react'
import type { Vm } from '../../server/vms/model.ts'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { count } from '../ui/format.ts'
import type { BatchVerb } from './BatchVmsDialog.tsx'
import { vmReason } from './menu.tsx'

const BatchVmsDialog = lazy(() => import('./BatchVmsDialog.tsx'))

const VERBS: readonly { verb: BatchVerb; label: string }[] = [
  { verb: 'start', label: 'Start' },
  { verb: 'shutdown', label: 'Shut down' },
  { verb: 'forceOff', label: 'Force off' },
]

/** What can be done to several guests at once. */
export function VmSelection({ vms, onClear }: { vms: readonly Vm[]; onClear: () => void }) {
  const tools = useTools()
  return (
    <section
      aria-label="Selected guests"
      className="sticky bottom-3 z-10 mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-accent-line bg-panel px-4 py-2.5 shadow-float"
    >
      <strong role="status" className="flex-1 font-semibold">
        {count(vms.length)} selected
      </strong>
      <div className="flex flex-wrap items-center gap-2">
        <Button look="quiet" onClick={onClear}>
          Clear
        </Button>
        {VERBS.map(({ verb, label }) => {
          const able = vms.filter(vm => vmReason(vm, verb, tools) === null).length
          const [first] = vms
          const why = able > 0 || !first ? null : (vmReason(first, verb, tools) ?? null)
          return (
            <Button
              key={verb}
              look={verb === 'forceOff' ? 'danger' : 'normal'}
              disabled={why}
              onClick={() => tools.open(close => <BatchVmsDialog verb={verb} vms={vms} onClose={close} />)}
            >
              {label}… {able > 0 && count(able)}
            </Button>
          )
        })}
      </div>
    </section>
  )
}
