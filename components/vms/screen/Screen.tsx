'use client'
import { Camera, ExternalLink, Keyboard, Maximize, Scan } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { VmState } from '../../../server/vms/model.ts'
import { useHost } from '../../host.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button, IconButton } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { MenuButton, type MenuItem } from '../../ui/Menu.tsx'
import { Spinner } from '../../ui/Spinner.tsx'
import { Badge } from '../../ui/State.tsx'
import { Time } from '../../ui/Time.tsx'
import { toastDone } from '../../ui/Toast.tsx'
import { CHORDS } from './keys.ts'
import { ScreenSession, type ScreenStatus } from './session.ts'
import { TypeTextDialog } from './TypeTextDialog.tsx'

type ScreenProps = {
  guest: string
  state: VmState
  /** Starts the guest: offered where the picture is missing because it is stopped. */
  startAction?: ReactNode
  /** Where the same screen fills a window of its own; left out in that window. */
  ownWindowHref?: string
}

/** A guest's screen with its keyboard and pointer, and the tools above it. */
export function Screen({ guest, state, startAction, ownWindowHref }: ScreenProps) {
  const frame = useRef<HTMLDivElement>(null)
  const target = useRef<HTMLDivElement>(null)
  const last = useRef<HTMLCanvasElement>(null)
  const session = useRef<ScreenSession | null>(null)
  const host = useHost().id
  const [status, setStatus] = useState<ScreenStatus>({ kind: 'connecting' })
  const [fit, setFit] = useState(true)
  const [typing, setTyping] = useState(false)
  const fullScreen = useFullScreen(frame)

  useEffect(() => {
    if (!target.current || !last.current) return
    const mine = new ScreenSession(host, guest, target.current, last.current)
    session.current = mine
    const unsubscribe = mine.subscribe(() => setStatus(mine.status()))
    mine.connect()
    return () => {
      unsubscribe()
      mine.end()
      session.current = null
    }
  }, [host, guest])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the state is the reason to try again
  useEffect(() => session.current?.guestChanged(), [state])
  useEffect(() => session.current?.setFit(fit), [fit])

  const live = status.kind === 'live'
  const off = live
    ? status.viewOnly
      ? 'A viewer can look at the screen, not type on it.'
      : null
    : 'There is no connection to the screen.'
  const keys = useCallback(
    (): MenuItem[] =>
      CHORDS.map(chord => ({ label: chord.label, onSelect: () => session.current?.chord(chord.keys) })),
    [],
  )

  async function screenshot() {
    const blob = await session.current?.screenshot()
    if (!blob) return
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = `${guest}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.png`
    link.click()
    URL.revokeObjectURL(link.href)
    toastDone(`Saved ${link.download}`)
  }

  return (
    <section aria-label={`Screen of ${guest}`} ref={frame} className="flex min-h-0 flex-1 flex-col bg-bg">
      <div role="toolbar" aria-label="Screen" className="mb-2 flex flex-wrap items-center gap-2">
        <Button icon={<Scan size={16} />} aria-pressed={fit} onClick={() => setFit(!fit)}>
          {fit ? 'Fit' : '1:1'}
        </Button>
        <Button disabled={off} onClick={() => session.current?.ctrlAltDel()}>
          Ctrl-Alt-Del
        </Button>
        {off ? (
          <Button disabled={off}>Keys</Button>
        ) : (
          <MenuButton
            label="Send keys"
            items={keys}
            className="inline-flex h-8 items-center rounded-md border border-edge bg-panel px-3 font-medium text-sm hover:bg-sunken"
          >
            Keys ▾
          </MenuButton>
        )}
        <Button icon={<Keyboard size={16} />} disabled={off} onClick={() => setTyping(true)}>
          Type text…
        </Button>
        <div className="ml-auto flex items-center gap-1">
          <Status status={status} />
          <IconButton
            label="Save a screenshot"
            icon={<Camera size={16} />}
            onClick={screenshot}
            disabled={live ? null : 'there is no picture'}
          />
          {ownWindowHref && (
            <IconButton
              label="Open in a window of its own"
              icon={<ExternalLink size={16} />}
              onClick={() => window.open(ownWindowHref, `skep-${guest}`, 'popup,width=1060,height=860')}
            />
          )}
          <IconButton
            label={fullScreen.on ? 'Leave full screen' : 'Full screen'}
            icon={<Maximize size={16} />}
            onClick={fullScreen.toggle}
          />
        </div>
      </div>
      {status.kind === 'live' && status.notice && (
        <Banner live className="mb-2">
          {status.notice}
        </Banner>
      )}
      <div className="relative min-h-64 flex-1 overflow-hidden rounded-lg bg-screen">
        <canvas
          ref={last}
          hidden
          aria-hidden
          className="absolute inset-0 m-auto max-h-full max-w-full opacity-40 grayscale"
        />
        <div
          ref={target}
          data-screen={status.kind}
          className={cx('absolute inset-0', !live && 'invisible')}
        />
        {!live && (
          <div role="status" className="absolute inset-0 grid place-items-center p-4">
            <Missing
              status={status}
              startAction={startAction}
              onTake={() => session.current?.connect({ take: true })}
              onRetry={() => session.current?.connect()}
            />
          </div>
        )}
      </div>
      {typing && session.current && (
        <TypeTextDialog session={session.current} guest={guest} onClose={() => setTyping(false)} />
      )}
    </section>
  )
}

function Status({ status }: { status: ScreenStatus }) {
  if (status.kind !== 'live') return null
  if (status.viewOnly) return <Badge>View only</Badge>
  return status.takenFrom ? <Badge>Taken over from {status.takenFrom}</Badge> : null
}

/** What stands where the picture would be: why it is missing, and what to do about it. */
function Missing({
  status,
  startAction,
  onTake,
  onRetry,
}: {
  status: ScreenStatus
  startAction: ReactNode
  onTake: () => void
  onRetry: () => void
}) {
  const box = (title: string, more?: ReactNode, action?: ReactNode) => (
    <div className="max-w-md rounded-lg border border-line bg-panel px-5 py-4 text-center text-text shadow-float">
      <p className="font-medium">{title}</p>
      {more && <p className="mt-1 text-muted">{more}</p>}
      {action && <div className="mt-3 flex justify-center gap-2">{action}</div>}
    </div>
  )
  switch (status.kind) {
    case 'connecting':
      return (
        <p className="flex items-center gap-2 text-white/80">
          <Spinner /> Connecting to the screen…
        </p>
      )
    case 'lost':
      return box(
        'The connection to Skep broke.',
        'It is tried again by itself; the guest is not affected.',
        <Button onClick={onRetry}>Try now</Button>,
      )
    case 'busy':
      return box(
        `${status.holder.user} holds this screen.`,
        <>
          Since <Time at={status.holder.since} />, from {status.holder.address}. bhyve serves one viewer at a
          time.
        </>,
        <Button
          look="primary"
          disabled={status.mayTake ? null : 'A viewer cannot take the screen from somebody who works on it.'}
          onClick={onTake}
        >
          Take over
        </Button>,
      )
    case 'taken':
      return box(
        `${status.by} took over this screen.`,
        'Nothing was lost: the guest runs on.',
        <Button onClick={onTake}>Take it back</Button>,
      )
    case 'none':
      return box(
        status.message,
        status.retrying ? 'It is tried again by itself.' : null,
        status.code === 'stopped' ? (
          startAction
        ) : status.retrying ? null : (
          <Button onClick={onRetry}>Try again</Button>
        ),
      )
    case 'signed-out':
      return box('You are signed out.', 'Sign in again to see the screen.')
    case 'live':
      return null
  }
}

function useFullScreen(frame: React.RefObject<HTMLElement | null>) {
  const on = useSyncExternalStore(
    listener => {
      document.addEventListener('fullscreenchange', listener)
      return () => document.removeEventListener('fullscreenchange', listener)
    },
    () => document.fullscreenElement !== null && document.fullscreenElement === frame.current,
    () => false,
  )
  return {
    on,
    toggle: () => {
      if (on) void document.exitFullscreen()
      else void frame.current?.requestFullscreen()
    },
  }
}
