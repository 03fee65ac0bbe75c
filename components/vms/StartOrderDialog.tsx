'use client'
import { useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { useState } from 'react'
import type { StartOrder } from '../../server/vms/model.ts'
import { explain } from '../errors.ts'
import { useApi, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { useFresh } from '../shell/useFresh.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Field, Input, Select } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { Loading } from '../ui/Spinner.tsx'

const TITLE = 'Start order'

/** Which guests start with the machine, one after the other. Filled once: what others change meanwhile is refused as changed. */
export default function StartOrderDialog({ onClose }: { onClose: () => void }) {
  const order = useQuery({ ...useTRPC().vms.startOrder.queryOptions(), staleTime: 0 })
  const first = useFresh(order)
  if (first) return <OrderForm order={first} onClose={onClose} />
  return (
    <Dialog open onClose={onClose} title={TITLE}>
      {order.error ? <ErrorNotice error={explain(order.error)} /> : <Loading what="the order" />}
    </Dialog>
  )
}

function OrderForm({ order, onClose }: { order: StartOrder; onClose: () => void }) {
  const [list, setList] = useState(order.list)
  const [delay, setDelay] = useState(String(order.delaySeconds))
  const isWhole = /^\d{1,4}$/.test(delay) && Number(delay) <= 3600
  const isSame = list.join(' ') === order.list.join(' ') && Number(delay) === order.delaySeconds
  const action = useAction(
    useApi().vms.setStartOrder,
    isSame || !isWhole ? null : { revision: order.revision, list, delaySeconds: Number(delay) },
    { onDone: onClose },
  )
  const others = order.guests.filter(name => !list.includes(name))
  const swap = (at: number, other: number) =>
    setList(
      list.map((name, index) => (index === at ? list[other] : index === other ? list[at] : name) ?? name),
    )
  return (
    <PlanDialog
      title={TITLE}
      subtitle="What starts by itself when the machine does, first to last; it is shut down in the reverse order."
      verb="Save"
      action={action}
      onClose={onClose}
      blocked={isWhole ? (isSame ? 'Nothing is changed yet.' : null) : 'The pause is a number of seconds.'}
    >
      {list.length === 0 ? (
        <p className="text-muted">No guest starts by itself.</p>
      ) : (
        <ol aria-label="Guests that start with the machine" className="flex flex-col divide-y divide-line">
          {list.map((name, index) => (
            <li key={name} className="flex items-center gap-2 py-1">
              <span className="w-6 text-right text-muted tabular-nums">{index + 1}</span>
              <span className="min-w-0 flex-1 truncate">
                {name}
                {!order.guests.includes(name) && (
                  <span className="text-muted"> (there is no such guest)</span>
                )}
              </span>
              <Button
                small
                look="quiet"
                aria-label={`Start ${name} earlier`}
                disabled={index === 0 && 'It is the first.'}
                onClick={() => swap(index, index - 1)}
              >
                <ArrowUp size={16} />
              </Button>
              <Button
                small
                look="quiet"
                aria-label={`Start ${name} later`}
                disabled={index === list.length - 1 && 'It is the last.'}
                onClick={() => swap(index, index + 1)}
              >
                <ArrowDown size={16} />
              </Button>
              <Button
                small
                look="quiet"
                aria-label={`Do not start ${name} by itself`}
                onClick={() => setList(list.filter(each => each !== name))}
              >
                <X size={16} />
              </Button>
            </li>
          ))}
        </ol>
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        {others.length > 0 && (
          <Field label="Add a guest" hint="It becomes the last.">
            <Select
              choices={[{ value: '', label: 'Choose…' }, ...others.map(value => ({ value, label: value }))]}
              value=""
              onValue={name => name !== '' && setList([...list, name])}
            />
          </Field>
        )}
        <Field
          label="Pause between two, in seconds"
          error={isWhole ? undefined : 'A whole number up to 3600.'}
        >
          <Input inputMode="numeric" value={delay} onChange={event => setDelay(event.target.value)} />
        </Field>
      </div>
    </PlanDialog>
  )
}
