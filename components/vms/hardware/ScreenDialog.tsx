'use client'
import { useState } from 'react'
import { Checkbox, Field, Input, Select } from '../../ui/Field.tsx'
import { type DeviceDialogProps, EditDialog } from './EditDialog.tsx'
import { useChange } from './useEdit.ts'

/** The framebuffer: what the guest draws on, and where VNC serves it. A new one listens on the machine itself only. */
export function ScreenDialog({ vm, onClose }: DeviceDialogProps) {
  const now = vm.hardware.screen
  const [on, setOn] = useState(now !== null)
  const [resolution, setResolution] = useState(now ? now.resolution : '1024x768')
  const [listen, setListen] = useState(now?.listen ?? '127.0.0.1')
  const [port, setPort] = useState(now?.port ?? '')
  const [wait, setWait] = useState(now?.wait ?? 'no')
  const [vga, setVga] = useState<'' | 'io' | 'off'>(now?.vga === 'io' || now?.vga === 'off' ? now.vga : '')
  const isPort = port === '' || (/^[1-9]\d{0,4}$/.test(port) && Number(port) < 65536)
  const screen = { resolution, listen, port: port === '' ? null : Number(port), wait, vga }
  const { action, blocked } = useChange(
    vm,
    isPort ? { kind: 'screen', screen: on ? screen : null } : 'A port is a number from 1 to 65535.',
    onClose,
  )
  const { fields } = action
  return (
    <EditDialog
      vm={vm}
      title={`Screen of ${vm.name}`}
      verb="Change"
      action={action}
      blocked={blocked}
      fieldsShown={['graphics_res', 'graphics_listen', 'graphics_port', 'graphics_vga']}
      onClose={onClose}
    >
      <Checkbox
        label="It has a screen"
        hint="A framebuffer that VNC serves; Skep's console shows it. Without one there is its serial port."
        checked={on}
        onChecked={setOn}
      />
      {on && (
        <div className="grid gap-3 sm:grid-cols-2">
          <Field
            label="Resolution"
            error={fields.graphics_res}
            hint="From 640x480; up to 1920x1200 is safe with every bhyve."
          >
            <Input
              mono
              placeholder="1024x768"
              value={resolution}
              onChange={event => setResolution(event.target.value)}
            />
          </Field>
          <Field label="Before it boots">
            <Select
              choices={[
                { value: 'no', label: 'It does not wait' },
                { value: 'auto', label: 'It waits for a viewer while it is installed' },
                { value: 'yes', label: 'It always waits for a viewer' },
              ]}
              value={wait}
              onValue={setWait}
            />
          </Field>
          <Field
            label="VNC listens on"
            error={fields.graphics_listen}
            hint="127.0.0.1 is reached through Skep alone."
          >
            <Input mono value={listen} onChange={event => setListen(event.target.value)} />
          </Field>
          <Field
            label="Port"
            optional
            error={fields.graphics_port}
            hint="Empty: the first free one from 5900 at each start."
          >
            <Input inputMode="numeric" value={port} onChange={event => setPort(event.target.value)} />
          </Field>
          <Field
            label="VGA"
            error={fields.graphics_vga}
            hint="Old systems may want the registers of a VGA card."
          >
            <Select
              choices={[
                { value: '', label: "bhyve's own" },
                { value: 'io', label: 'Registers only (io)' },
                { value: 'off', label: 'None (off)' },
              ]}
              value={vga}
              onValue={setVga}
            />
          </Field>
        </div>
      )}
      {on && now?.hasPassword && <p className="text-muted">Its password stays as it is.</p>}
    </EditDialog>
  )
}
