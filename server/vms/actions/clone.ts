/** Cloning a guest; what a failed clone made is taken away again. */
import { defineAction, type PlanContext } from '../../action.ts'
import { AppError } from '../../errors.ts'
import { getProperty } from '../../host/zfs/properties.ts'
import { listSnapshots } from '../../host/zfs/snapshots.ts'
import { readDatasets } from '../../inventory/reader.ts'
import { freePort } from '../command.ts'
import { parseConf, withScreenPasswordOf } from '../conf.ts'
import { type CloneVmInput, cloneVmInput } from '../input.ts'
import { madeUp, readBusyPorts, readHostSeed } from '../launch.ts'
import { type CloneFacts, planClone } from '../plan.clone.ts'
import { listIfThere, readGuests } from '../read.ts'
import { toVm } from '../state.ts'
import { runOrUndo, settleCreation } from './create.ts'
import { orNotFound } from './life.ts'

async function readFacts(context: PlanContext, input: CloneVmInput): Promise<CloneFacts> {
  const { host } = context
  const { setup, guests, view } = await readGuests(host, context.now())
  const guest = guests.find(one => one.place.name === input.vm)
  if (!guest) throw new AppError('not_found', `There is no guest named ${input.vm}.`, { names: [input.vm] })
  const { datastorePath, directory } = guest.place
  const vm = toVm(guest, view)
  const datasets = await readDatasets(host)
  const volumes = vm.disks.flatMap(disk =>
    datasets.some(each => each.name === disk.dataset) ? [disk.dataset ?? ''] : [],
  )
  const [snapshots, entries, busy, variables, seed, confThen] = await Promise.all([
    volumes.length > 0 ? listSnapshots(host, { datasets: volumes }) : [],
    listIfThere(host, datastorePath),
    readBusyPorts(host, guests),
    host.stat(`${directory}/uefi-vars.fd`),
    readHostSeed(host),
    confAt(context, volumes[0], input.tag),
  ])
  const made = madeUp(`${seed} ${datastorePath}/${input.name}`)
  return {
    vm,
    guest,
    // The disks of a conf from then may be others: only the identity of the same disks can be given to the clones.
    conf:
      confThen !== null && sameDisks(confThen, guest.conf ?? '')
        ? withScreenPasswordOf(guest.conf ?? '', confThen)
        : (guest.conf ?? ''),
    datasets,
    snapshots,
    taken: [...guests.map(one => one.place.name), ...entries.map(entry => entry.name)],
    system: parseConf(setup.system),
    own: setup.datasetAt.get(directory) ?? null,
    hasVariables: variables !== null,
    uuid: made.uuid,
    mac: made.mac,
    port: freePort(busy),
  }
}

/** NAME.conf as the snapshot carries it (user property skep:conf, base64url); null when it carries none. */
async function confAt(
  context: PlanContext,
  volume: string | undefined,
  tag: string | null,
): Promise<string | null> {
  if (volume === undefined || tag === null) return null
  try {
    const property = await getProperty(context.host, 'skep:conf', `${volume}@${tag}`)
    return property === null ? null : Buffer.from(property.value, 'base64url').toString('utf8')
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null
    throw error
  }
}

function sameDisks(one: string, other: string): boolean {
  const disks = (text: string) =>
    JSON.stringify(parseConf(text).entries.filter(({ key }) => /^disk\d+_(name|dev)$/.test(key)))
  return disks(one) === disks(other)
}

export const clone = defineAction({
  name: 'vms.clone',
  role: 'operator',
  input: cloneVmInput,
  plan: (context, input) =>
    orNotFound('vms.clone', `Clone ${input.vm} as ${input.name}`, async () =>
      planClone(input, await readFacts(context, input)),
    ),
  run: (context, plan) => runOrUndo(context, plan),
  settle: settleCreation,
})
