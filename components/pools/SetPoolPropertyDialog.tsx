'use client'
import { useState } from 'react'
import { POOL_SETTINGS, type Property } from '../../server/pools/model.ts'
import { sourceWords } from '../datasets/propertyColumns.tsx'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { Field, Input, Select } from '../ui/Field.tsx'
import { PlanDialog } from '../ui/PlanDialog.tsx'
import { POOL_SETTING_WORDS } from './settings.ts'

type Props = { pool: string; property: Property; onClose: () => void }

export default function SetPoolPropertyDialog({ pool, property, onClose }: Props) {
  const { name } = property
  const choices = POOL_SETTINGS[name] ?? 'text'
  // An empty comment is told as “-”.
  const before = choices === 'text' && property.value === '-' ? '' : property.value
  const [value, setValue] = useState(before)
  const same = value === before
  const action = useAction(useApi().pools.setProperty, same ? null : { pool, name, value }, {
    onDone: onClose,
  })
  return (
    <PlanDialog
      title={`Set ${name}`}
      subtitle={
        <>
          <span className="font-mono text-sm">{pool}</span> · {POOL_SETTING_WORDS[name]}
        </>
      }
      verb="Set"
      action={action}
      onClose={onClose}
      blocked={same ? 'It has this value.' : null}
    >
      <Field
        label="Value"
        hint={`Now ${before === '' ? 'empty' : before}, ${sourceWords(property)}.`}
        error={action.fields.value}
      >
        {choices === 'text' ? (
          <Input maxLength={32} value={value} onChange={event => setValue(event.target.value)} />
        ) : (
          <Select
            value={value}
            onValue={setValue}
            choices={choices.map(each => ({ value: each, label: each }))}
          />
        )}
      </Field>
    </PlanDialog>
  )
}
