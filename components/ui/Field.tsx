'use client'
import { type ComponentProps, createContext, type ReactNode, use, useId } from 'react'
import { cx } from './cx.ts'

type FieldIds = { control: string; described: string | undefined; invalid: boolean }
const FieldContext = createContext<FieldIds | null>(null)

type FieldProps = {
  label: string /** What it is for, when the label does not say it. */
  hint?: ReactNode
  error?: string | null
  children: ReactNode
  className?: string
  optional?: boolean
}

/** A label, a control, and below it either a hint or what is wrong with what was entered. */
export function Field({ label, hint, error, optional, children, className }: FieldProps) {
  const id = useId()
  const described = error || hint ? `${id}-more` : undefined
  return (
    <div className={cx('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="font-medium text-sm">
        {label}
        {optional && <span className="font-normal text-faint"> (optional)</span>}
      </label>
      <FieldContext value={{ control: id, described, invalid: Boolean(error) }}>{children}</FieldContext>
      {described && (
        <div id={described} className={cx('text-sm', error ? 'text-bad' : 'text-muted')} aria-live="polite">
          {error ?? hint}
        </div>
      )}
    </div>
  )
}

const CONTROL =
  'rounded-md border bg-panel px-2.5 text-text disabled:cursor-not-allowed disabled:bg-sunken disabled:text-muted aria-disabled:bg-sunken'

function useControl() {
  const field = use(FieldContext)
  return {
    props: field
      ? { id: field.control, 'aria-describedby': field.described, 'aria-invalid': field.invalid || undefined }
      : {},
    // In a form a control fills its field; beside other things it is as wide as it is told to be.
    border: cx(field?.invalid ? 'border-bad' : 'border-edge', field && 'w-full'),
  }
}

/** One line of text. `mono` for names and values of the host. */
export function Input({ mono, className, ...rest }: ComponentProps<'input'> & { mono?: boolean }) {
  const { props, border } = useControl()
  return (
    <input
      autoComplete="off"
      autoCapitalize="off"
      autoCorrect="off"
      spellCheck={false}
      {...props}
      {...rest}
      className={cx(CONTROL, 'h-8', border, mono && 'font-mono text-sm', className)}
    />
  )
}

export function TextArea({ mono, className, ...rest }: ComponentProps<'textarea'> & { mono?: boolean }) {
  const { props, border } = useControl()
  return (
    <textarea
      spellCheck={false}
      {...props}
      {...rest}
      className={cx(CONTROL, 'min-h-20 py-1.5', border, mono && 'font-mono text-sm', className)}
    />
  )
}

export type Choice<Value extends string = string> = {
  value: Value
  label: string
  disabled?: string | false | null
}

/** A choice from a short list: the system's own control, so that it works everywhere, also on a phone. */
export function Select<Value extends string>({
  choices,
  value,
  onValue,
  className,
  ...rest
}: Omit<ComponentProps<'select'>, 'value' | 'onChange'> & {
  choices: readonly Choice<Value>[]
  value: Value
  onValue: (value: Value) => void
}) {
  const { props, border } = useControl()
  return (
    <select
      {...props}
      {...rest}
      value={value}
      onChange={event => {
        const chosen = choices.find(choice => choice.value === event.target.value)
        if (chosen) onValue(chosen.value)
      }}
      className={cx(CONTROL, 'h-8 pr-7', border, className)}
    >
      {choices.map(choice => (
        <option key={choice.value} value={choice.value} disabled={Boolean(choice.disabled)}>
          {choice.disabled ? `${choice.label} (${choice.disabled})` : choice.label}
        </option>
      ))}
    </select>
  )
}

/** Yes or no, with its words beside it. */
export function Checkbox({
  label,
  hint,
  checked,
  onChecked,
  disabled,
  className,
}: {
  label: ReactNode
  hint?: ReactNode
  checked: boolean
  onChecked: (checked: boolean) => void
  disabled?: string | false | null
  className?: string
}) {
  const id = useId()
  const more = disabled || hint
  return (
    <div className={cx('flex items-start gap-2', className)}>
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={Boolean(disabled)}
        aria-describedby={more ? `${id}-more` : undefined}
        onChange={event => onChecked(event.target.checked)}
        className="mt-1 size-4 shrink-0"
      />
      <div className="min-w-0">
        <label htmlFor={id} className={cx('inline-block min-h-6 leading-6', disabled && 'text-faint')}>
          {label}
        </label>
        {more && (
          <div id={`${id}-more`} className="text-muted text-sm">
            {more}
          </div>
        )}
      </div>
    </div>
  )
}

export type RadioChoice<Value extends string = string> = {
  value: Value
  label: ReactNode
  hint?: ReactNode
  disabled?: string | false | null
}

/** One of a few, each in a frame with what it means. */
export function RadioCards<Value extends string>({
  legend,
  legendHidden,
  choices,
  value,
  onValue,
}: {
  legend: string
  legendHidden?: boolean
  choices: readonly RadioChoice<Value>[]
  value: Value
  onValue: (value: Value) => void
}) {
  const name = useId()
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className={legendHidden ? 'sr-only' : 'mb-1 font-medium text-sm'}>{legend}</legend>
      {choices.map(choice => (
        <label
          key={choice.value}
          className={cx(
            'grid grid-cols-[16px_1fr] gap-x-2.5 rounded-lg border px-3 py-2 has-focus-visible:outline-2 has-focus-visible:outline-accent',
            choice.disabled
              ? 'cursor-not-allowed border-line text-faint'
              : choice.value === value
                ? 'border-accent bg-accent-soft'
                : 'border-line hover:bg-sunken',
          )}
        >
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            disabled={Boolean(choice.disabled)}
            onChange={() => onValue(choice.value)}
            className="mt-0.5 size-4 outline-none"
          />
          <span className="font-medium">{choice.label}</span>
          {(choice.disabled || choice.hint) && (
            <span className={cx('col-start-2', !choice.disabled && 'text-muted')}>
              {choice.disabled || choice.hint}
            </span>
          )}
        </label>
      ))}
    </fieldset>
  )
}

/** Narrows a list while typing; Escape empties it. */
export function FilterInput({
  label,
  value,
  onValue,
  className,
}: {
  label: string
  value: string
  onValue: (value: string) => void
  className?: string
}) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={value}
      autoComplete="off"
      spellCheck={false}
      onChange={event => onValue(event.target.value)}
      onKeyDown={event => {
        if (event.key === 'Escape' && value) {
          event.stopPropagation()
          onValue('')
        }
      }}
      className={cx(
        'h-8 w-56 max-w-full rounded-md border border-edge bg-panel px-2.5 placeholder:text-faint',
        className,
      )}
    />
  )
}
