'use client'
import type { HostInterface } from '../../server/networks/model.ts'
import type { Explained } from '../errors.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Checkbox, Field, Input } from '../ui/Field.tsx'
import { Loading } from '../ui/Spinner.tsx'

/** What a switch is to be, as it is typed. */
export type SwitchDraft = { ports: readonly string[]; vlan: string; address: string; isPrivate: boolean }

const NOT_A_TAG = 'A VLAN is a number from 1 to 4094.'

/** What is wrong with the VLAN that was typed; null when it can be sent. */
export function vlanProblem({ vlan }: Pick<SwitchDraft, 'vlan'>): string | null {
  const isTag = vlan === '' || (/^\d{1,4}$/.test(vlan) && Number(vlan) >= 1 && Number(vlan) <= 4094)
  return isTag ? null : NOT_A_TAG
}

/** As the actions take it. */
export function switchInputOf({ ports, vlan, address, isPrivate }: SwitchDraft) {
  return {
    ports: [...ports],
    vlan: vlan === '' ? null : Number(vlan),
    address: address === '' ? null : address,
    isPrivate,
  }
}

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

/** Uplinks, VLAN, address and private of a standard switch. */
export function SwitchFields({
  draft,
  set,
  interfaces,
  error,
  fields,
}: {
  draft: SwitchDraft
  set: (change: Partial<SwitchDraft>) => void
  /** Undefined until they are known. */
  interfaces: readonly HostInterface[] | undefined
  error: Explained | null
  fields: Record<string, string>
}) {
  const { ports, vlan, address, isPrivate } = draft
  const cards = interfaces?.filter(one => one.kind === 'physical' || one.kind === 'other')
  return (
    <>
      {error && !cards ? (
        <ErrorNotice error={error} />
      ) : cards === undefined ? (
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
              onChecked={on =>
                set({ ports: on ? [...ports, one.name] : ports.filter(each => each !== one.name) })
              }
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
          error={vlanProblem(draft) ?? fields.vlan}
        >
          <Input
            mono
            inputMode="numeric"
            value={vlan}
            onChange={event => set({ vlan: event.target.value })}
          />
        </Field>
        <Field
          label="Address of this host on it"
          optional
          hint="Such as 198.51.100.1/24."
          error={fields.address}
        >
          <Input mono value={address} onChange={event => set({ address: event.target.value })} />
        </Field>
      </div>
      <Checkbox
        label="Private"
        hint="Guests on it do not reach each other."
        checked={isPrivate}
        onChecked={on => set({ isPrivate: on })}
      />
    </>
  )
}
