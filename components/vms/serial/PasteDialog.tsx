import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { ScrollArea } from '../../ui/ScrollArea.tsx'

/** Several lines are several commands: they are shown before they run. */
export function PasteDialog({
  guest,
  text,
  onPaste,
  onClose,
}: {
  guest: string
  text: string
  onPaste: () => void
  onClose: () => void
}) {
  const lines = text.split(/\r\n|\r|\n/).filter(line => line !== '').length
  return (
    <Dialog
      open
      onClose={onClose}
      onSubmit={onPaste}
      title={`Paste ${lines} lines into ${guest}?`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Paste {lines} lines
          </Button>
        </>
      }
    >
      <p className="mb-2">At a shell each line runs as soon as it has arrived.</p>
      <ScrollArea
        label="What is pasted"
        className="max-h-64 overflow-auto rounded-md border border-line bg-sunken p-2"
      >
        <pre className="text-sm">{text}</pre>
      </ScrollArea>
    </Dialog>
  )
}
