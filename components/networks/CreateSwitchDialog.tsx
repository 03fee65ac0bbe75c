'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { HostInterface } from '../../server/networks/model.ts'
import { explain } from '../errors.ts'
import { useApi, usePaths, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { useFresh } from '../shell/useFresh.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Checkbox, Field, Input } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { Loading } from '../ui/Spinner.tsx'

/** What is worth knowing of an interface before it is chosen. */
function about({ bridge, addresses, isRunning }: HostInterface): string {
  return [
    isRunning ? 'up' : 'down',
    bridge === null ? null : `on ${bridge}`,
    addresses.length > 0 ? addresses.join(', ') : null,
  ]
    .filter(each => each !== null)
    .join(' · ')
}

/** A standard switch, as “vm switch create” makes it. */
export default function CreateSwitchDialog({ onClose }: { onClose: () => void }) {
  const paths = usePaths()
  const router = useRouter()
  const query = useQuery(useTRPC().networks.list.queryOptions(undefined, { staleTime: 0 }))
  const known = useFresh(query)?.value
  const [name, setName] = useState('')
  const [ports, setPorts] = useState<readonly string[]>([])
  const [vlan, setVlan] = useState('')
  const [address, setAddress] = useState('')
  const [isPrivate, setPrivate] = useState(false)
  const tag = vlan === '' ? null : Number(vlan)
  const isTag = tag === null || (/^\d{1,4}$/.test(vlan) && tag >= 1 && tag <= 4094)
  const action = useAction(
    useApi().networks.create,
    name !== '' && isTag
      ? { name, ports: [...ports], vlan: tag, address: address === '' ? null : address, isPrivate }
      : null,
    {
      onDone: () => {
        onClose()
        router.push(paths.network(name))
      },
    },
  )
  const { fields } = action
  const cards = known?.interfaces.filter(one => one.kind === 'physical' || one.kind === 'other') ?? []
  return (
    <PlanDialog
      title="Create a switch"
      subtitle="A bridge that guests are plugged into, kept by vm-bhyve."
      verb="Create switch"
      action={action}
      onClose={onClose}
      blocked={name === '' ? 'Give it a name.' : isTag ? null : 'A VLAN is a number from 1 to 4094.'}
    >
      <Field label="Name" error={fields.name} hint="Such as public or lab.">
        <Input mono data-autofocus value={name} onChange={event => setName(event.target.value)} />
      </Field>
      {query.error && !known ? (
        <ErrorNotice error={explain(query.error)} />
      ) : known === undefined ? (
        <Loading what="the interfaces of this host" lines={2} />
      ) : (
        <fieldset className="flex flex-col gap-1">
          <legend className="font-medium text-sm">
            Uplinks{' '}
            <span className="font-normal text-faint">(none: guests reach each other and this host only)</span>
          </legend>
          {cards.map(one => (
            <Checkbox
              key={one.name}
              label={one.name}
              hint={about(one)}
              checked={ports.includes(one.name)}
              onChecked={on => setPorts(on ? [...ports, one.name] : ports.filter(each => each !== one.name))}
            />
          ))}
          {fields.ports && <p className="text-bad text-sm">{fields.ports}</p>}
        </fieldset>
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="VLAN"
          optional
          hint="Only this VLAN of the uplinks goes in, without its tag."
          error={isTag ? fields.vlan : 'A VLAN is a number from 1 to 4094.'}
        >
          <Input mono inputMode="numeric" value={vlan} onChange={event => setVlan(event.target.value)} />
        </Field>
        <Field
          label="Address of this host on it"
          optional
          hint="Such as 198.51.100.1/24."
          error={fields.address}
        >
          <Input mono value={address} onChange={event => setAddress(event.target.value)} />
        </Field>
      </div>
      <Checkbox
        label="Private"
        hint="Guests on it do not reach each other."
        checked={isPrivate}
        onChecked={setPrivate}
      />
    </PlanDialog>
  )
}
