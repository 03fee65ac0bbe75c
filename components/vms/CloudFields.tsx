import { Checkbox, Field, Input, TextArea } from '../ui/Field.tsx'
import type { CloudDraft } from './newVm.ts'

/** What a cloud image is told at its first start: it has no password, so without a key nobody can sign in. */
export function CloudFields({
  draft,
  set,
  fields,
}: {
  draft: CloudDraft
  set: (change: Partial<CloudDraft>) => void
  fields: Record<string, string>
}) {
  return (
    <fieldset className="flex flex-col gap-3 rounded-lg border border-line p-3">
      <legend className="sr-only">First start</legend>
      <Checkbox
        label="Prepare its first start with cloud-init"
        hint="Cloud images have no password: without a key nobody signs in."
        checked={draft.isWanted}
        onChecked={isWanted => set({ isWanted })}
      />
      {draft.isWanted && (
        <>
          <Field label="SSH keys" optional hint="Public keys, one a line: ssh-ed25519 AAAA…">
            <TextArea mono value={draft.sshKeys} onChange={event => set({ sshKeys: event.target.value })} />
          </Field>
          <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
            <Field label="User" optional hint="Beside the image’s own; may become root.">
              <Input mono value={draft.user} onChange={event => set({ user: event.target.value })} />
            </Field>
            <Field label="Address of the guest" optional hint="Such as 192.0.2.10/24. Empty: DHCP.">
              <Input mono value={draft.address} onChange={event => set({ address: event.target.value })} />
            </Field>
            <Field label="Gateway" optional>
              <Input
                mono
                disabled={draft.address === ''}
                value={draft.gateway}
                onChange={event => set({ gateway: event.target.value })}
              />
            </Field>
            <Field label="Name servers" optional>
              <Input
                mono
                disabled={draft.address === ''}
                value={draft.nameServers}
                onChange={event => set({ nameServers: event.target.value })}
              />
            </Field>
          </div>
          {fields.cloud && (
            <p className="text-bad text-sm" aria-live="polite">
              {fields.cloud}
            </p>
          )}
        </>
      )}
    </fieldset>
  )
}
