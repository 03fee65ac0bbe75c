'use client'
import Link from 'next/link'
import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'
import { Spinner } from './Spinner.tsx'
import { Tooltip } from './Tooltip.tsx'

export type ButtonLook = 'normal' | 'primary' | 'danger' | 'quiet'

const LOOKS: Record<ButtonLook, string> = {
  normal: 'border-edge bg-panel text-text hover:bg-sunken',
  primary: 'border-accent bg-accent text-on-accent hover:brightness-110',
  danger: 'border-bad bg-bad text-on-bad hover:brightness-110',
  quiet: 'border-transparent text-muted hover:bg-sunken hover:text-text',
}
const OFF = 'border-line bg-sunken text-faint hover:bg-sunken hover:brightness-100'

const SHAPE =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium text-sm whitespace-nowrap select-none transition-colors duration-100'

function shape(look: ButtonLook, off: boolean, small: boolean | undefined): string {
  return cx(
    SHAPE,
    small ? 'h-6 px-2' : 'h-8 px-3',
    off ? (look === 'quiet' ? 'border-transparent text-faint' : OFF) : LOOKS[look],
  )
}

type ButtonProps = Omit<ComponentProps<'button'>, 'disabled'> & {
  look?: ButtonLook
  small?: boolean
  icon?: ReactNode
  /** Why it cannot be pressed: shown on hover and focus, and read out. The button stays reachable. */
  disabled?: string | false | null
  /** Shows a spinner and takes no presses; the width does not change. */
  busy?: boolean
}

/** A verb. Unavailable buttons stay where they are and say why. */
export function Button({
  look = 'normal',
  small,
  icon,
  disabled,
  busy,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const off = Boolean(disabled) || Boolean(busy)
  const button = (
    <button
      type="button"
      {...rest}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      onClick={event => {
        if (off) event.preventDefault()
        else onClick?.(event)
      }}
      className={cx(shape(look, Boolean(disabled), small), busy && 'relative', className)}
    >
      {busy && (
        <span className="absolute inset-0 grid place-items-center">
          <Spinner />
        </span>
      )}
      <span className={cx('inline-flex items-center gap-1.5', busy && 'opacity-0')}>
        {icon}
        {children}
      </span>
    </button>
  )
  return (
    <Tooltip text={disabled || null} onPress>
      {button}
    </Tooltip>
  )
}

/** A link that looks like a button: it goes somewhere, it does nothing. */
export function ButtonLink({
  look = 'normal',
  small,
  icon,
  className,
  children,
  ...rest
}: ComponentProps<typeof Link> & { look?: ButtonLook; small?: boolean; icon?: ReactNode }) {
  return (
    <Link {...rest} className={cx(shape(look, false, small), className)}>
      {icon}
      {children}
    </Link>
  )
}

type IconButtonProps = Omit<ComponentProps<'button'>, 'disabled' | 'children'> & {
  /** What it does, in words: name for screen readers and text of the tooltip. */
  label: string
  icon: ReactNode
  disabled?: string | false | null
  small?: boolean
}

/** A button that is a picture only; its label is its tooltip and its name. */
export function IconButton({ label, icon, disabled, small, className, onClick, ...rest }: IconButtonProps) {
  return (
    <Tooltip
      text={disabled ? `${label}: ${disabled}` : label}
      describes={Boolean(disabled)}
      onPress={Boolean(disabled)}
    >
      <button
        type="button"
        aria-label={label}
        {...rest}
        aria-disabled={disabled ? true : undefined}
        onClick={event => {
          if (disabled) event.preventDefault()
          else onClick?.(event)
        }}
        className={cx(
          'inline-grid shrink-0 place-items-center rounded-md text-muted transition-colors duration-100',
          small ? 'size-6' : 'size-8',
          disabled ? 'text-faint opacity-60' : 'hover:bg-sunken hover:text-text',
          className,
        )}
      >
        {icon}
      </button>
    </Tooltip>
  )
}
