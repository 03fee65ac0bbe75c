'use client'
import { Checkbox, Field, Input, Select } from '../../ui/Field.tsx'
import { optionOf, withOption } from './diskOptions.ts'

const SECTORS = [
  { value: '', label: 'As the machine has them' },
  { value: '512', label: '512 bytes' },
  { value: '512/4096', label: '512 bytes on 4096' },
  { value: '4096', label: '4096 bytes' },
]

/** What can be said of a disk, each as a choice; the words that bhyve gets stand below and can be edited too. */
export function DiskOptions({
  options,
  onOptions,
  error,
}: {
  options: string
  onOptions: (options: string) => void
  error?: string
}) {
  const sectors = optionOf(options, 'sectorsize') ?? ''
  const flag = (key: string, label: string, hint: string) => (
    <Checkbox
      label={label}
      hint={hint}
      checked={optionOf(options, key) !== null}
      onChecked={checked => onOptions(withOption(options, key, checked ? '' : null))}
    />
  )
  return (
    <details open={options !== ''} className="rounded-lg border border-line px-3 py-2">
      <summary className="cursor-pointer text-muted hover:text-text">Options of the disk</summary>
      <div className="mt-2 grid gap-x-4 gap-y-2 sm:grid-cols-2">
        {flag('ro', 'Read-only', 'The guest cannot write to it.')}
        {flag('nodelete', 'No TRIM', 'Space the guest frees stays taken on the machine.')}
        {flag(
          'nocache',
          'Past the cache',
          "Does not fill the machine's memory with what the guest caches itself.",
        )}
        {flag('direct', 'Every write at once', 'Each write waits until it is on the disk: safe and slow.')}
        <Field label="Sector size" hint="What an installed guest found at first it should keep.">
          <Select
            choices={
              SECTORS.some(each => each.value === sectors)
                ? SECTORS
                : [...SECTORS, { value: sectors, label: sectors }]
            }
            value={sectors}
            onValue={value => onOptions(withOption(options, 'sectorsize', value || null))}
          />
        </Field>
        <Field label="As bhyve gets them" error={error} hint="ser=, bootindex= and others of bhyve(8) too.">
          <Input mono value={options} onChange={event => onOptions(event.target.value)} />
        </Field>
      </div>
    </details>
  )
}
