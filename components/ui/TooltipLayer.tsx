'use client'
import { Tooltip as Radix } from 'radix-ui'
import {
  type Ref,
  useCallback,
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useState,
  useSyncExternalStore,
} from 'react'

/** A control with a tooltip that somebody came to, and how. */
type Visit = { control: HTMLElement; event: Event; key: number }

/** One tooltip for all controls that have one: hundreds of rows and buttons carry words only. */
export function TooltipLayer() {
  const [visit, setVisit] = useState(visitBefore)
  useEffect(() => {
    const come = (event: Event) => {
      const control = event.target instanceof Element ? event.target.closest('[data-tooltip]') : null
      setVisit(last => {
        if (control === last?.control) return last
        if (control instanceof HTMLElement) return { control, event, key: (last?.key ?? 0) + 1 }
        return last?.control.isConnected ? last : null
      })
    }
    document.addEventListener('pointerover', come)
    document.addEventListener('focusin', come)
    return () => {
      document.removeEventListener('pointerover', come)
      document.removeEventListener('focusin', come)
    }
  }, [])
  return (
    <Radix.Provider delayDuration={400} disableHoverableContent>
      {visit && <TooltipOf {...visit} key={visit.key} />}
    </Radix.Provider>
  )
}

/** Whoever came to a control before this was loaded is there still. */
function visitBefore(): Visit | null {
  const control = document.querySelector('[data-tooltip]:focus-visible, [data-tooltip]:hover')
  if (!(control instanceof HTMLElement)) return null
  const event = control.matches(':focus-visible')
    ? new FocusEvent('focusin')
    : new PointerEvent('pointerover', {
        pointerType: matchMedia('(hover: hover)').matches ? 'mouse' : 'touch',
      })
  return { control, event, key: 0 }
}

function TooltipOf({ control, event }: Visit) {
  const [open, setOpen] = useState(false)
  const text = useTextOf(control)
  return (
    <Radix.Root open={open && text !== null} onOpenChange={setOpen}>
      <Radix.Trigger asChild>
        <StandIn control={control} first={event} onPress={() => setOpen(true)} />
      </Radix.Trigger>
      {/* What is not in a modal `dialog` element is below it. */}
      <Radix.Portal container={control.closest('dialog') ?? document.body}>
        <Radix.Content
          // Who hears the page has the words as the control's name or description.
          aria-hidden
          side="bottom"
          sideOffset={6}
          collisionPadding={8}
          className="pointer-events-none z-60 max-w-72 rounded-md bg-text px-2 py-1 text-bg text-xs break-words shadow-float"
        >
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** It may change while it is read: the button was pressed and is busy now. */
function useTextOf(control: HTMLElement): string | null {
  return useSyncExternalStore(
    useCallback(
      onChange => {
        const observer = new MutationObserver(onChange)
        observer.observe(control, { attributeFilter: ['data-tooltip'] })
        return () => observer.disconnect()
      },
      [control],
    ),
    () => control.dataset.tooltip ?? null,
  )
}

const HANDLERS = {
  pointerover: 'onPointerMove',
  pointerleave: 'onPointerLeave',
  pointerdown: 'onPointerDown',
  focusin: 'onFocus',
  focusout: 'onBlur',
  click: 'onClick',
} as const
type Told = (typeof HANDLERS)[keyof typeof HANDLERS]

type StandInProps = Partial<Record<Told, (event: Event) => void>> & {
  ref?: Ref<HTMLElement>
  control: HTMLElement
  first: Event
  onPress: () => void
}

/** Gives Radix a control that is on the page already as its trigger, and tells it what happens there. */
function StandIn({ ref, control, first, onPress, ...handlers }: StandInProps) {
  useImperativeHandle(ref, () => control, [control])
  const tell = useEffectEvent((event: Event) => {
    // Radix would show it for every focus, also for the one that a closed dialog gives back, and hide it at every press.
    if (event.type === 'focusin' && !control.matches(':focus-visible')) return
    if (event.type === 'click' && control.dataset.tooltipPress !== undefined) return onPress()
    for (const [type, handler] of Object.entries(HANDLERS))
      if (type === event.type) handlers[handler]?.(event)
  })
  useEffect(() => {
    const listen = (event: Event) => tell(event)
    for (const type of Object.keys(HANDLERS)) control.addEventListener(type, listen)
    tell(first)
    return () => {
      for (const type of Object.keys(HANDLERS)) control.removeEventListener(type, listen)
    }
  }, [control, first])
  return null
}
