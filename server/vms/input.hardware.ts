/** What a browser may send of a guest's devices. */
import * as z from 'zod/mini'
import { datasetName, guestName, isoName } from './input.ts'
import { DISK_EMULATIONS } from './model.ts'

const text = z.string().check(z.maxLength(1024))
/** A path on the machine. */
const path = z.string().check(z.regex(/^\/[^\p{Cc}]+$/u, 'This is not a path.'), z.maxLength(1024))
const index = z.number().check(z.int(), z.minimum(0), z.maximum(255))
const count = z.number().check(z.int(), z.minimum(1), z.maximum(65535))

/** Where the bytes of a disk are, when they are there already. */
const existing = z.discriminatedUnion('from', [
  z.object({ from: z.literal('zvol'), dataset: datasetName }),
  /** A disk image below a datastore. */
  z.object({ from: z.literal('file'), path }),
  /** A file of the datastore's .iso directory. */
  z.object({ from: z.literal('iso'), name: isoName }),
])
const source = z.union([
  existing,
  z.object({
    from: z.literal('new'),
    /** Full name of the new zvol. */
    dataset: datasetName,
    sizeBytes: z.number().check(z.int(), z.positive()),
    sparse: z.boolean(),
    volblocksizeBytes: z.nullable(z.number()),
  }),
])
export type DiskSource = z.output<typeof source>

const diskEmulation = z.enum([...DISK_EMULATIONS, 'ahci-cd'])
const nicEmulation = z.enum(['virtio-net', 'e1000'])
const edited = {
  vm: guestName,
  /** sha256 of the conf that the form was filled from. */
  revision: z.string(),
}

export const addDeviceInput = z.object({
  ...edited,
  device: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('disk'), emulation: diskEmulation, source, options: text }),
    z.object({
      kind: z.literal('network'),
      emulation: nicEmulation,
      switchName: text,
      /** Null: one is made up. */
      mac: z.nullable(text),
    }),
  ]),
})
export type AddDeviceInput = z.output<typeof addDeviceInput>

export const changeDeviceInput = z.object({
  ...edited,
  device: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('cpu'),
      cpus: count,
      /** Null: bhyve's own, a socket for each CPU. */
      topology: z.nullable(z.object({ sockets: count, cores: count, threads: count })),
      pins: z.array(z.object({ vcpu: index, cpu: index })).check(z.maxLength(256)),
    }),
    z.object({
      kind: z.literal('memory'),
      memoryMiB: z.number().check(z.int(), z.minimum(32)),
      wired: z.boolean(),
    }),
    z.object({
      kind: z.literal('disk'),
      index,
      /** Any that stands there already is kept. */
      emulation: text,
      options: text,
      /** Null: its bytes stay where they are. */
      source: z.nullable(existing),
    }),
    z.object({ kind: z.literal('network'), index, emulation: nicEmulation, switchName: text, mac: text }),
    z.object({
      kind: z.literal('screen'),
      /** Null: no framebuffer. */
      screen: z.nullable(
        z.object({
          /** `1024x768`; empty: bhyve's own. */
          resolution: text,
          listen: text,
          /** Null: the first free one from 5900. */
          port: z.nullable(z.number().check(z.int(), z.minimum(1), z.maximum(65535))),
          wait: z.enum(['auto', 'yes', 'no']),
          vga: z.enum(['', 'io', 'off']),
        }),
      ),
    }),
    z.object({
      kind: z.literal('parts'),
      tablet: z.boolean(),
      random: z.boolean(),
      sound: z.nullable(z.object({ play: text, record: text })),
    }),
    z.object({
      kind: z.literal('firmware'),
      /** `uefi`, `bhyveload`, …: what vm-bhyve calls the loader. */
      loader: text,
      /** UEFI variables in a file of its own. */
      variables: z.boolean(),
      /** Its clock is in local time, as Windows wants it. */
      localTime: z.boolean(),
    }),
    z.object({
      kind: z.literal('console'),
      /** Names of its virtio-console ports. */
      ports: z
        .array(z.string().check(z.regex(/^[A-Za-z0-9._-]{1,32}$/, 'A name of letters, digits, dot, dash.')))
        .check(z.maxLength(16)),
    }),
    z.object({
      kind: z.literal('limits'),
      /** Each empty for none. */
      limits: z.object({ priority: text, pcpu: text, rbps: text, wbps: text, riops: text, wiops: text }),
    }),
    z.object({
      kind: z.literal('serial'),
      ports: z.array(z.enum(['com1', 'com2', 'com3', 'com4'])).check(z.minLength(1), z.maxLength(4)),
    }),
  ]),
})
export type ChangeDeviceInput = z.output<typeof changeDeviceInput>

export const removeDeviceInput = z.object({
  ...edited,
  device: z.object({ kind: z.enum(['disk', 'network', 'passthru']), index }),
})
export type RemoveDeviceInput = z.output<typeof removeDeviceInput>

/** What hands a guest a part of the machine itself: its files, its SCSI targets, its PCI devices. */
export const shareInput = z.object({
  ...edited,
  device: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('directory'),
      path,
      /** The name under which the guest mounts it. */
      tag: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,31}$/, 'A name of letters, digits, dash, underscore.')),
      readonly: z.boolean(),
    }),
    z.object({
      kind: z.literal('ctl'),
      path: z.string().check(z.regex(/^\/dev\/cam\/ctl\d*(\.\d+)?$/, 'This is no port of ctl(4).')),
    }),
    z.object({
      kind: z.literal('pci'),
      /** `3/0/1` */
      address: z.string().check(z.regex(/^\d{1,3}\/\d{1,2}\/[0-7]$/, 'A PCI device is bus/slot/function.')),
    }),
  ]),
})
export type ShareInput = z.output<typeof shareInput>

export const setOptionsInput = z.object({
  ...edited,
  /** Handed to bhyve as they stand. */
  options: text,
  /** `passthru,/dev/tpm0`; null: none. */
  tpm: z.nullable(text),
})
export type SetOptionsInput = z.output<typeof setOptionsInput>

export const discardPendingInput = z.object(edited)

export const growDiskInput = z.object({
  vm: guestName,
  index,
  sizeBytes: z.number().check(z.int(), z.positive()),
})
export type GrowDiskInput = z.output<typeof growDiskInput>
