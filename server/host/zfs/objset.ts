/**
 * What was read of datasets and written to them since they were opened: the kernel counts it for each object set
 * (sys/contrib/openzfs, dataset_kstats.c), and FreeBSD shows the counts as sysctls.
 */
import { runOrThrow, unreadable } from '../answer.ts'
import type { Host } from '../host.ts'
import { readSysctls } from '../sysctl.ts'
import { parseRows } from './rows.ts'

export type ObjsetIo = { readBytes: number; writtenBytes: number }

function objsetIdsArgv(datasets: readonly string[]): string[] {
  return ['zfs', 'get', '-Hp', '-o', 'name,value', 'objsetid', ...datasets]
}

/** `zfs get -Hp -o name,value objsetid DATASET…`: the number by the name. AppError `unreadable`. */
export function parseObjsetIds(text: string): Map<string, string> {
  return new Map(
    parseRows('zfs get', ['name', 'value'], text, ['name']).map(({ name, value }) => {
      if (!/^(?:0|[1-9]\d{0,19})$/.test(value))
        throw unreadable('zfs get', text, `“${value.slice(0, 80)}” is no objsetid`)
      return [name, value]
    }),
  )
}

/** Numbers of these datasets; a number stays through renames and roll backs. AppError `failed` where one is gone. */
export async function readObjsetIds(
  host: Pick<Host, 'run'>,
  datasets: readonly string[],
): Promise<Map<string, string>> {
  if (datasets.length === 0) return new Map()
  return parseObjsetIds(await runOrThrow(host, objsetIdsArgv(datasets), []))
}

/** A pool's name with other letters in it cannot be written as a part of a sysctl's. */
const PLAIN = /^[A-Za-z][A-Za-z0-9_-]*$/

/** `kstat.zfs.tank.dataset.objset-0x36`; null for a pool that sysctl(8) cannot name. */
function objsetKstat(dataset: string, objsetId: string): string | null {
  const [pool = ''] = dataset.split('/')
  return PLAIN.test(pool) ? `kstat.zfs.${pool}.dataset.objset-0x${BigInt(objsetId).toString(16)}` : null
}

/** Counts by dataset; those that the kernel does not count are missing. One command. AppError `unreadable`. */
export async function readObjsetIo(
  host: Host,
  objsetIds: ReadonlyMap<string, string>,
): Promise<Map<string, ObjsetIo>> {
  const nodes = [...objsetIds].flatMap(([dataset, id]) => {
    const node = objsetKstat(dataset, id)
    return node === null ? [] : [{ dataset, node }]
  })
  if (nodes.length === 0) return new Map()
  const values = await readSysctls(
    host,
    nodes.flatMap(({ node }) => [`${node}.nread`, `${node}.nwritten`]),
  )
  return new Map(
    nodes.flatMap(({ dataset, node }): [string, ObjsetIo][] => {
      const [readBytes, writtenBytes] = ['nread', 'nwritten'].map(name => values.get(`${node}.${name}`) ?? '')
      return isCount(readBytes) && isCount(writtenBytes)
        ? [[dataset, { readBytes: Number(readBytes), writtenBytes: Number(writtenBytes) }]]
        : []
    }),
  )
}

function isCount(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,20}$/.test(text)
}
