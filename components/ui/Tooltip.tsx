'use client'
import { cloneElement, lazy, type ReactElement, Suspense, useId } from 'react'
import { loadOnTouch, useTouched } from './loadOnTouch.ts'

type Control = {
  'aria-describedby'?: string | undefined
  'data-tooltip'?: string | undefined
  'data-tooltip-press'?: true | undefined
}

/**
 * Words that appear beside a control on hover and on keyboard focus, and go on Escape.
 * `describes`: the text is also the control's description, seen or not (default); false where it only repeats its name.
 * `onPress`: a press shows it too. So a finger can read why a button cannot be pressed.
 */
export function Tooltip({
  text,
  describes = true,
  onPress = false,
  children,
}: {
  /** Null says nothing; the control keeps its place, and with it the focus. */
  text: string | null
  describes?: boolean
  onPress?: boolean
  children: ReactElement<Control>
}) {
  const id = useId()
  const described = describes && text !== null
  return (
    <>
      {cloneElement(children, {
        ...(described && { 'aria-describedby': id }),
        'data-tooltip': text ?? undefined,
        'data-tooltip-press': onPress || undefined,
      })}
      {described && (
        <span id={id} hidden>
          {text}
        </span>
      )}
    </>
  )
}

const TooltipLayer = lazy(
  loadOnTouch(() => import('./TooltipLayer.tsx').then(module => ({ default: module.TooltipLayer }))),
)

/** Shows the tooltips of the whole page, from the first touch on. Once. */
export function Tooltips() {
  return <Suspense fallback={null}>{useTouched() && <TooltipLayer />}</Suspense>
}
