'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { cleanedName, kindOfName } from '../../server/images/model.ts'
import { explain } from '../errors.ts'
import { useApi, useHost, useTRPC } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Field, Input } from '../ui/Field.tsx'
import { bytes } from '../ui/format.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { LibraryFields, type Place, placeOf, sha256Problem } from './LibraryFields.tsx'
import { send } from './send.ts'

/** A file of this computer onto the host. It goes on while the dialog is closed, as long as the page stays open. */
export default function UploadImageDialog(props: { file: File | null; onClose: () => void }) {
  const { onClose } = props
  const host = useHost().id
  const query = useQuery(useTRPC().images.list.queryOptions())
  const libraries = query.data?.value.libraries
  const [file, setFile] = useState(props.file)
  const [name, setName] = useState(cleanedName(props.file?.name ?? ''))
  const [chosen, setChosen] = useState<Place | null>(null)
  const [sha256, setSha256] = useState('')
  const place = placeOf(libraries, chosen, kindOfName(name))
  const badDigest = sha256Problem(sha256)
  const action = useAction(
    useApi().images.upload,
    file && place && badDigest === null
      ? {
          datastore: place.datastore,
          kind: place.kind,
          name,
          sizeBytes: file.size,
          lastModified: file.lastModified,
          sha256: sha256 === '' ? null : sha256.toLowerCase(),
        }
      : null,
    {
      onDone: onClose,
      onBegin: plan => (file ? send(file, host, plan.digest) : () => undefined),
    },
  )
  const fields: Record<string, string> = {
    ...action.fields,
    ...(badDigest !== null && { sha256: badDigest }),
  }
  return (
    <PlanDialog
      title="Upload an image"
      subtitle="Install media and disk images. When the connection is cut, the same file goes on where it stopped."
      verb="Upload"
      action={action}
      onClose={onClose}
      blocked={
        file === null
          ? 'Choose a file.'
          : file.size === 0
            ? 'The file is empty.'
            : (badDigest ?? (libraries?.length === 0 ? 'There is no library on this host.' : null))
      }
      footnote="Keep this page open until all of it has arrived."
    >
      {query.error && !libraries && <ErrorNotice error={explain(query.error)} />}
      <Field label="File" hint={file === null ? 'From this computer.' : bytes(file.size)}>
        <Input
          type="file"
          data-autofocus
          className="py-1 file:mr-3 file:rounded file:border file:border-edge file:bg-sunken file:px-2 file:text-sm"
          onChange={event => {
            const [first] = event.target.files ?? []
            if (!first) return
            setFile(first)
            setName(cleanedName(first.name))
          }}
        />
      </Field>
      <Field label="Name on the host" error={fields.name}>
        <Input mono value={name} onChange={event => setName(event.target.value)} />
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
