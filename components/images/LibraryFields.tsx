import type { Library, LibraryKind } from '../../server/images/model.ts'
import { Field, Input, Select } from '../ui/Field.tsx'
import { bytes } from '../ui/format.ts'
import { KINDS } from './words.ts'

export type Place = { datastore: string; kind: LibraryKind }

const idOf = ({ kind, datastore }: Place): string => `${kind}:${datastore}`

/** The library chosen by hand, or else the first one of the kind that the name speaks of. */
export function placeOf(
  libraries: readonly Library[] | undefined,
  chosen: Place | null,
  kind: LibraryKind,
): Place | null {
  return chosen ?? libraries?.find(each => each.kind === kind) ?? null
}

/** Where it goes, and what it is compared with. */
export function LibraryFields({
  libraries,
  place,
  onPlace,
  sha256,
  onSha256,
  fields,
}: {
  libraries: readonly Library[] | undefined
  place: Place | null
  onPlace: (place: Place) => void
  sha256: string
  onSha256: (text: string) => void
  fields: Record<string, string>
}) {
  const choices = (libraries ?? []).map(each => ({
    value: idOf(each),
    label: `${KINDS[each.kind]} · ${each.datastore}${
      each.availableBytes === null ? '' : ` (${bytes(each.availableBytes)} free)`
    }`,
  }))
  return (
    <>
      <Field
        label="Library"
        error={fields.datastore}
        hint={libraries?.find(each => place !== null && idOf(each) === idOf(place))?.path}
      >
        <Select
          choices={choices}
          value={place === null ? '' : idOf(place)}
          onValue={value => {
            const library = libraries?.find(each => idOf(each) === value)
            if (library) onPlace({ datastore: library.datastore, kind: library.kind })
          }}
        />
      </Field>
      <Field
        label="SHA-256"
        optional
        error={fields.sha256}
        hint="As its publisher tells it: another file is refused."
      >
        <Input mono value={sha256} onChange={event => onSha256(event.target.value.trim())} />
      </Field>
    </>
  )
}

/** Null for none; what is no SHA-256 is not sent. */
export function sha256Problem(text: string): string | null {
  return text === '' || /^[0-9a-fA-F]{64}$/.test(text) ? null : 'A SHA-256 has 64 hexadecimal digits.'
}
