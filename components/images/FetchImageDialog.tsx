'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { cleanedName, kindOfName } from '../../server/images/model.ts'
import { explain } from '../errors.ts'
import { useApi, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Field, Input } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { LibraryFields, type Place, placeOf, sha256Problem } from './LibraryFields.tsx'

/** The last part of an address, as a name. */
function nameIn(address: string): string {
  const path = URL.parse(address)?.pathname ?? ''
  const last = path.slice(path.lastIndexOf('/') + 1)
  try {
    return cleanedName(decodeURIComponent(last))
  } catch {
    return cleanedName(last)
  }
}

/** The host itself gets a file of the web: with fetch(1), and without this browser. */
export default function FetchImageDialog({ onClose }: { onClose: () => void }) {
  const query = useQuery(useTRPC().images.list.queryOptions())
  const libraries = query.data?.value.libraries
  const [url, setUrl] = useState('')
  const [ownName, setOwnName] = useState<string | null>(null)
  const [chosen, setChosen] = useState<Place | null>(null)
  const [sha256, setSha256] = useState('')
  const name = ownName ?? nameIn(url)
  const place = placeOf(libraries, chosen, kindOfName(name))
  const badDigest = sha256Problem(sha256)
  const isAddress = /^https?:\/\/[^/]+\/./.test(url)
  const action = useAction(
    useApi().images.fetch,
    isAddress && name !== '' && place && badDigest === null
      ? {
          datastore: place.datastore,
          kind: place.kind,
          name,
          url,
          sha256: sha256 === '' ? null : sha256.toLowerCase(),
        }
      : null,
    { onDone: onClose },
  )
  const fields: Record<string, string> = {
    ...action.fields,
    ...(badDigest !== null && { sha256: badDigest }),
  }
  return (
    <PlanDialog
      title="Fetch an image"
      subtitle="The host gets it from the web by itself, also when this page is closed."
      verb="Fetch"
      action={action}
      onClose={onClose}
      blocked={
        isAddress
          ? name === ''
            ? 'Give it a name.'
            : (badDigest ?? (libraries?.length === 0 ? 'There is no library on this host.' : null))
          : 'Enter the address of a file: https://…'
      }
    >
      {query.error && !libraries && <ErrorNotice error={explain(query.error)} />}
      <Field label="Address" error={fields.url} hint="https:// or http://, as this host can reach it.">
        <Input
          mono
          data-autofocus
          type="url"
          value={url}
          onChange={event => setUrl(event.target.value.trim())}
        />
      </Field>
      <Field label="Name on the host" error={fields.name}>
        <Input mono value={name} onChange={event => setOwnName(event.target.value)} />
      </Field>
      <LibraryFields
        libraries={libraries}
        place={place}
        onPlace={setChosen}
        sha256={sha256}
        onSha256={setSha256}
        fields={fields}
      />
    </PlanDialog>
  )
}
