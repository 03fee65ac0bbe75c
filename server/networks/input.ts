import * as z from 'zod/mini'

/** The plan says in words what is wrong with it. */
const name = z.string().check(z.minLength(1), z.maxLength(229))

export const createSwitchInput = z.object({
  name,
  /** Interfaces that lead out of the machine, in order. */
  ports: z.array(
    z.string().check(z.regex(/^[a-z][a-z0-9_.]{0,14}$/i, 'This is not the name of an interface.')),
  ),
  /** Null: what comes over the ports goes in as it is. */
  vlan: z.nullable(z.number().check(z.int(), z.minimum(1), z.maximum(4094))),
  /** `192.0.2.1/24` of the host on this switch; null: the host is not reached there. */
  address: z.nullable(z.string().check(z.maxLength(43))),
  isPrivate: z.boolean(),
})
export type CreateSwitchInput = z.output<typeof createSwitchInput>

/** What the switch is to be. */
export const editSwitchInput = z.extend(createSwitchInput, {
  /** Where the change may cut somebody off, the host takes it back after so many seconds unless it is kept. */
  keepWithinSeconds: z.number().check(z.int(), z.minimum(10), z.maximum(600)),
})
export type EditSwitchInput = z.output<typeof editSwitchInput>

export const switchInput = z.object({ name })
