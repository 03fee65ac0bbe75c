import { ScrollArea } from '../../ui/ScrollArea.tsx'
import { confDiff } from '../confDiff.ts'

/** The lines that go and come from one text to the other. */
export function Diff({ label, before, after }: { label: string; before: string; after: string }) {
  return (
    <ScrollArea
      label={label}
      className="max-h-72 overflow-auto rounded border border-line bg-panel px-3 py-1.5"
    >
      <pre className="font-mono text-xs leading-5">
        {confDiff(before, after).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: equal lines are told apart by their place only
          <span key={index} className={line.sign === '-' ? 'text-bad' : 'text-ok'}>
            {`${line.sign} ${line.text}\n`}
          </span>
        ))}
      </pre>
    </ScrollArea>
  )
}
