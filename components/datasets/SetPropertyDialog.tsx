'use client'
import { useId, useState } from 'react'
import type { Property } from '../../server/pools/model.ts'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Field, Input } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { usualValues } from './choices.ts'
import { sourceWords } from './propertyColumns.tsx'
import { propertyText } from './propertyText.ts'

type Props = { dataset: string; property: Property; onClose: () => void }

export default function SetPropertyDialog({ dataset, property, onClose }: Props) {
  const [value, setValue] = useState(property.value)
  const list = useId()
  const usual = usualValues(property.name)
  const same = value === property.value && property.source === 'local'
  const action = useAction(
    useApi().datasets.setProperty,
    same ? null : { dataset, name: property.name, value },
    { onDone: onClose },
  )
  return (
    <PlanDialog
      title={`Set ${property.name}`}
      subtitle={<span className="font-mono text-sm">{dataset}</span>}
      verb="Set"
      action={action}
      onClose={onClose}
      blocked={same ? 'It has this value.' : null}
    >
      <Field
        label="Value"
        hint={`Now ${propertyText(property.name, property.value)}, ${sourceWords(property)}.`}
        error={action.fields.value}
      >
        <Input
          mono
          data-autofocus
          list={usual.length > 0 ? list : undefined}
          value={value}
          onChange={event => setValue(event.target.value)}
        />
      </Field>
      <datalist id={list}>
        {usual.map(each => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </PlanDialog>
  )
}
