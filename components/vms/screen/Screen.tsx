'use client'
import { Camera, ExternalLink, Keyboard, Maximize, Scan } from 'lucide-react'
import {
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { useHost } from '../../host.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button, IconButton } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { MenuButton, type MenuItem } from '../../ui/Menu.tsx'
import { toastDone } from '../../ui/Toast.tsx'
import { KeyboardBar } from './KeyboardBar.tsx'
import { ME_ELSEWHERE, whyNotTyping } from './keyboard.ts'
import { CHORDS } from './keys.ts'
import { Missing } from './Missing.tsx'
import { ScreenSession, type ScreenView } from './session.ts'

// With the layouts of keyboards: only for who types a text.
const TypeTextDialog = lazy(() => import('./TypeTextDialog.tsx'))

type ScreenProps = {
  guest: string
  /** Starts the guest: offered where the picture is missing because it is stopped. */
  startAction?: ReactNode
  /** Where the same screen fills a window of its own; left out in that window. */
  ownWindowHref?: string
}

/** A guest's screen with its keyboard and pointer, and the tools above it. */
export function Screen({ guest, startAction, ownWindowHref }: ScreenProps) {
  const frame = useRef<HTMLDivElement>(null)
  const target = useRef<HTMLDivElement>(null)
  const last = useRef<HTMLCanvasElement>(null)
  const session = useRef<ScreenSession | null>(null)
  const host = useHost().id
  const [{ status, keyboard }, setView] = useState<ScreenView>({
    status: { kind: 'connecting' },
    keyboard: null,
  })
  const [fit, setFit] = useState(true)
  const [typing, setTyping] = useState(false)
  const fullScreen = useFullScreen(frame)

  useEffect(() => {
    if (!target.current || !last.current) return
    const mine = new ScreenSession(host, guest, target.current, last.current)
    session.current = mine
    const unsubscribe = mine.subscribe(() => setView(mine.view()))
    mine.connect()
    return () => {
      unsubscribe()
      mine.end()
      session.current = null
    }
  }, [host, guest])

  useEffect(() => session.current?.setFit(fit), [fit])

  const live = status.kind === 'live'
  const off = live && keyboard ? whyNotTyping(keyboard) : 'There is no connection to the screen.'
  const take = () => session.current?.takeKeyboard()
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
        <div className="ml-auto flex flex-wrap items-center justify-end gap-1">
          {keyboard && <KeyboardBar keyboard={keyboard} onTake={take} />}
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
      {keyboard?.takenBy && (
        <Banner
          live
          className="mb-2"
          action={
            <Button small onClick={take}>
              Take it back
            </Button>
          }
        >
          {keyboard.takenBy === ME_ELSEWHERE
            ? 'You took the keyboard in another window.'
            : `${keyboard.takenBy} took the keyboard.`}{' '}
          You still see the screen.
        </Banner>
      )}
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
          className={cx('absolute inset-0', !live && 'opacity-40 grayscale')}
          onPointerDown={keyboard?.typist === null && keyboard.mayType ? take : undefined}
        />
        {!live && (
          <div role="status" aria-label="Picture" className="absolute inset-0 grid place-items-center p-4">
            <Missing status={status} startAction={startAction} onRetry={() => session.current?.retry()} />
          </div>
        )}
      </div>
      {typing && session.current && (
        <Suspense fallback={null}>
          <TypeTextDialog session={session.current} guest={guest} onClose={() => setTyping(false)} />
        </Suspense>
      )}
    </section>
  )
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
