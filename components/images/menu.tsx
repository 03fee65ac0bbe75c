'use client'
import { lazy } from 'react'
import type { ImageRow } from '../../server/images/model.ts'
import type { Tools } from '../shell/actions.ts'
import { roleReason } from '../shell/me.ts'
import type { MenuItem } from '../ui/Menu.tsx'
import { usersWord } from './words.ts'

const UploadImageDialog = lazy(() => import('./UploadImageDialog.tsx'))
const FetchImageDialog = lazy(() => import('./FetchImageDialog.tsx'))
const DestroyImageDialog = lazy(() => import('./DestroyImageDialog.tsx'))

/** Why this account cannot bring media onto this host; null when it can. */
export function addImageReason({ role, whyNoGuests }: Tools): string | null {
  return whyNoGuests ?? roleReason(role, 'operator')
}

/** `file`: what was dropped onto the page. */
export function uploadImage({ open }: Tools, file: File | null = null): void {
  open(close => <UploadImageDialog file={file} onClose={close} />)
}

export function fetchImage({ open }: Tools): void {
  open(close => <FetchImageDialog onClose={close} />)
}

/** What can be done with a medium. */
export function imageMenu(one: ImageRow, tools: Tools): MenuItem[] {
  return [
    {
      label: 'Destroy…',
      danger: true,
      disabled:
        roleReason(tools.role, 'administrator') ??
        (one.users.length > 0 ? `It is used by ${usersWord(one)}.` : null),
      onSelect: () => tools.open(close => <DestroyImageDialog image={one} onClose={close} />),
    },
  ]
}

export function generalImageMenu(tools: Tools): MenuItem[] {
  const disabled = addImageReason(tools)
  return [
    { label: 'Upload an image…', disabled, onSelect: () => uploadImage(tools) },
    { label: 'Fetch an image…', disabled, onSelect: () => fetchImage(tools) },
  ]
}
