'use client'
import { useQuery } from '@tanstack/react-query'
import { CloudDownload, Upload } from 'lucide-react'
import { type DragEvent, useState } from 'react'
import { explain } from '../errors.ts'
import { useTRPC } from '../host.tsx'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { cx } from '../ui/cx.ts'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { PageHeader } from '../ui/Page.tsx'
import { NOT_SET_UP, SetUpVms } from '../vms/SetUpVms.tsx'
import { IMAGE_COLUMNS } from './columns.tsx'
import { addImageReason, fetchImage, imageMenu, uploadImage } from './menu.tsx'

/** Install media and disk images of a host. A file that is dropped here is uploaded. */
export function ImagesPage() {
  const images = useQuery(useTRPC().images.list.queryOptions())
  const tools = useTools()
  const why = addImageReason(tools)
  const [isOver, setOver] = useState(false)
  const { libraries } = images.data?.value ?? {}
  const actions = (
    <div className="flex flex-wrap gap-2">
      <Button icon={<CloudDownload size={16} />} disabled={why} onClick={() => fetchImage(tools)}>
        Fetch from the web
      </Button>
      <Button look="primary" icon={<Upload size={16} />} disabled={why} onClick={() => uploadImage(tools)}>
        Upload
      </Button>
    </div>
  )
  const hasFiles = (event: DragEvent) => why === null && event.dataTransfer.types.includes('Files')
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shorter way to what the button Upload does
    <div
      className={cx(
        'min-h-full rounded-lg',
        isOver && 'outline-2 outline-accent outline-dashed outline-offset-4',
      )}
      onDragOver={event => {
        if (!hasFiles(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={event => {
        if (!event.currentTarget.contains(event.relatedTarget instanceof Node ? event.relatedTarget : null))
          setOver(false)
      }}
      onDrop={event => {
        if (!hasFiles(event)) return
        event.preventDefault()
        setOver(false)
        const [file] = event.dataTransfer.files
        if (file) uploadImage(tools, file)
      }}
    >
      <PageHeader title="Images" actions={actions} />
      <DataTable
        name="images"
        label="Images"
        columns={IMAGE_COLUMNS}
        rows={images.data?.value.images}
        rowId={one => one.path}
        error={images.error && explain(images.error)}
        heardAt={images.data?.heardAt}
        initialSort={{ column: 'name', descending: false }}
        filterLabel="Filter images"
        menu={one => imageMenu(one, tools)}
        empty={
          <EmptyState
            title="No install medium or disk image yet."
            action={libraries?.length === 0 && tools.whyNoGuests === null ? <SetUpVms /> : actions}
          >
            {tools.whyNoGuests ??
              (libraries?.length === 0
                ? NOT_SET_UP
                : 'Upload one, let the host fetch it, or drop a file here. “vm iso URL” on the host brings one too.')}
          </EmptyState>
        }
      />
    </div>
  )
}
