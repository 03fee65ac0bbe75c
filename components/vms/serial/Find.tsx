import { ArrowDown, ArrowUp } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../../ui/Button.tsx'
import { FilterInput } from '../../ui/Field.tsx'

/** Looks for a text in the output. `find` goes to the next place that has it and says whether there is one. */
export function Find({ find }: { find: (text: string, backwards: boolean) => boolean }) {
  const [text, setText] = useState('')
  const [missing, setMissing] = useState(false)
  const go = (backwards: boolean) => {
    if (text !== '') setMissing(!find(text, backwards))
  }
  return (
    <search>
      <form
        className="flex items-center gap-1"
        onSubmit={event => {
          event.preventDefault()
          // The newest stands at the end: the search goes upwards.
          go(true)
        }}
      >
        <FilterInput
          label="Find in the output"
          value={text}
          onValue={next => {
            setText(next)
            setMissing(false)
          }}
        />
        <IconButton
          label="Find the one before"
          type="submit"
          icon={<ArrowUp size={16} />}
          disabled={text === '' ? 'nothing is looked for' : null}
        />
        <IconButton
          label="Find the next one"
          icon={<ArrowDown size={16} />}
          disabled={text === '' ? 'nothing is looked for' : null}
          onClick={() => go(false)}
        />
        <span role="status" className="text-muted text-sm">
          {missing && 'Not found'}
        </span>
      </form>
    </search>
  )
}
