import * as z from 'zod/mini'
import { DISK_EMULATIONS, GUEST_KINDS } from './model.ts'

/** Any directory may be a guest's that `vm` could have made; what is none of its datastore's never gets further. */
export const guestName = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(229),
    z.regex(/^[^./\p{Cc}][^/\p{Cc}]*$/u, 'A guest’s name has no “/” and does not begin with a dot.'),
  )
/** Of a guest to come: the plan says in words what is wrong with it. */
const newName = z.string().check(z.minLength(1), z.maxLength(229))
/** A file in the datastore's .iso directory, by its bare name. */
export const isoName = z
  .string()
  .check(z.regex(/^[^./\p{Cc}][^/\p{Cc}]*$/u, 'This is not the name of a file.'))
export const datasetName = z.string().check(z.minLength(1), z.maxLength(255))

const ADDRESS_V4 = /^(\d{1,3})(\.\d{1,3}){3}$/

/** What cloud-init does at the first start of a cloud image; the image's own user gets the keys in any case. */
export const cloudInput = z.object({
  /** A further user, who may become root; null: none. */
  user: z.nullable(
    z
      .string()
      .check(z.regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'A user’s name has small letters, digits, _ and -.')),
  ),
  sshKeys: z
    .array(
      z
        .string()
        .check(
          z.maxLength(8192),
          z.regex(
            /^(ssh-(ed25519|rsa)|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9@.-]+) [A-Za-z0-9+/]+=*( [^\p{Cc}]*)?$/u,
            'This is no public key of SSH: it begins with ssh-ed25519, ssh-rsa or the like.',
          ),
        ),
    )
    .check(z.maxLength(50)),
  /** Null: DHCP. */
  network: z.nullable(
    z.object({
      /** `192.0.2.10/24` */
      address: z
        .string()
        .check(
          z.regex(
            /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/,
            'An address is written with its network: 192.0.2.10/24.',
          ),
        ),
      gateway: z.nullable(z.string().check(z.regex(ADDRESS_V4, 'This is no address.'))),
      nameServers: z.array(z.string().check(z.regex(ADDRESS_V4, 'This is no address.'))),
    }),
  ),
})
export type CloudInput = z.output<typeof cloudInput>

export const createVmInput = z.object({
  name: newName,
  /** `default` or a name of datastore_list. */
  datastore: z.string(),
  kind: z.enum(GUEST_KINDS),
  cpus: z.number().check(z.int(), z.minimum(1)),
  memoryMiB: z.number().check(z.int(), z.minimum(32)),
  disk: z.discriminatedUnion('from', [
    z.object({
      from: z.literal('new'),
      /** Full name of the new zvol: `tank/vms/debian01/disk0`. */
      dataset: datasetName,
      sizeBytes: z.number().check(z.int(), z.positive()),
      sparse: z.boolean(),
      volblocksizeBytes: z.nullable(z.number()),
      emulation: z.enum(DISK_EMULATIONS),
      /** Path of an image whose disk it begins with; left out: it is empty. */
      image: z.optional(z.string().check(z.maxLength(1023))),
    }),
    z.object({ from: z.literal('existing'), dataset: datasetName, emulation: z.enum(DISK_EMULATIONS) }),
  ]),
  /** Null: no network card. */
  switchName: z.nullable(z.string()),
  /** `1024x768`; null: no framebuffer, serial console only. */
  resolution: z.nullable(z.string().check(z.regex(/^\d{3,4}x\d{3,4}$/, 'A resolution is WIDTHxHEIGHT.'))),
  /** Name of a file in the datastore's .iso directory, put into the drive; null: none. */
  iso: z.nullable(isoName),
  /** Left out: nothing is prepared for cloud-init. */
  cloud: z.optional(cloudInput),
})
export type CreateVmInput = z.output<typeof createVmInput>

/** The dataset that guests are to live in. */
export const setUpInput = z.object({ dataset: datasetName })

export const vmInput = z.object({ vm: guestName })
export const shutdownInput = z.object({
  vm: guestName,
  /** After these seconds without an end it is forced off. */
  graceSeconds: z.number().check(z.int(), z.minimum(5), z.maximum(3600)),
})
/** `zvols`: full names of the zvols to destroy with it; those not named stay. */
export const destroyVmInput = z.object({ vm: guestName, zvols: z.array(datasetName) })
export const editVmInput = z.object({
  vm: guestName,
  /** sha256 of the conf that the form was filled from. */
  revision: z.string(),
  name: z.optional(newName),
  cpus: z.optional(z.number().check(z.int(), z.minimum(1))),
  memoryMiB: z.optional(z.number().check(z.int(), z.minimum(32))),
  autostart: z.optional(z.boolean()),
})
export type EditVmInput = z.output<typeof editVmInput>
export const setPolicyInput = z.object({
  vm: guestName,
  /** sha256 of the conf that the form was filled from. */
  revision: z.string(),
  /** `restart` or `shutdown`; what the conf says already may be anything. */
  policy: z.object({ onRestart: z.string(), onFault: z.string() }),
  protection: z.object({ stop: z.boolean(), destroy: z.boolean() }),
})
export type SetPolicyInput = z.output<typeof setPolicyInput>
export const setStartOrderInput = z.object({
  /** Of the order that the form was filled from. */
  revision: z.string(),
  /** Names in their order; those not named do not start by themselves. */
  list: z.array(guestName),
  delaySeconds: z.number().check(z.int(), z.minimum(0), z.maximum(3600)),
})
export type SetStartOrderInput = z.output<typeof setStartOrderInput>
export const cloneVmInput = z.object({
  vm: guestName,
  /** A snapshot tag that every zvol of the guest has; null: a fresh one is taken. */
  tag: z.nullable(z.string()),
  name: newName,
  /** With a network card on the same switches (new MACs), or without any. */
  network: z.boolean(),
})

export type CloneVmInput = z.output<typeof cloneVmInput>
