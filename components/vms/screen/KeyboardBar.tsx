import { Keyboard as KeyboardIcon } from 'lucide-react'
import { Button } from '../../ui/Button.tsx'
import { Badge } from '../../ui/State.tsx'
import { type Keyboard, VIEWER, whoTypes, whoWatches } from './keyboard.ts'

/** Who types and who looks on, and the way to the keyboard for those who have it not. */
export function KeyboardBar({ keyboard, onTake }: { keyboard: Keyboard; onTake: () => void }) {
  const types = whoTypes(keyboard)
  const watches = whoWatches(keyboard)
  const watching = keyboard.others.length - (keyboard.mine || keyboard.typist === null ? 0 : 1)
  return (
    <>
      {/* It stays in the page, so that a change of the words in it is read out. */}
      <span role="status" aria-label="Keyboard" className="flex flex-wrap items-center gap-1">
        {!keyboard.mayType && <Badge>View only</Badge>}
        {types && <Badge>{types}</Badge>}
        {watches && (
          <span title={watches}>
            <Badge>
              {watching} {watching === 1 ? 'watches' : 'watch'}
              <span className="sr-only">: {watches.replace('Watching: ', '')}</span>
            </Badge>
          </span>
        )}
      </span>
      {!keyboard.mine && (
        <Button
          small
          look="primary"
          icon={<KeyboardIcon size={14} />}
          disabled={keyboard.mayType ? null : VIEWER}
          onClick={onTake}
        >
          Take the keyboard
        </Button>
      )}
    </>
  )
}
