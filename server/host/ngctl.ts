/** ngctl(8): netgraph nodes, the bridges of vm-bhyve's netgraph switches. */
import { AppError } from '../errors.ts'
import type { Host } from './host.ts'

/** Asks ng_bridge(4) for the counters of a link: it fails where nothing is plugged in. */
function linkArgv(node: string, link: number): string[] {
  return ['ngctl', 'msg', `${node}:`, 'getstats', String(link)]
}

/** A bridge with more guests than this is a loop that went wrong. */
const LAST_LINK = 512

/**
 * The first link of a bridge that is free, from 2 (0 and 1 are the host's and the wire's), found as vm-bhyve finds it.
 * Also 2 where there is no such node, or no ngctl. AppError `refused` when none is free.
 */
export async function freeLink(host: Pick<Host, 'run'>, node: string): Promise<number> {
  for (let link = 2; link <= LAST_LINK; link += 1) {
    try {
      if ((await host.run(linkArgv(node, link))).exit !== 0) return link
    } catch (error) {
      if (error instanceof AppError && error.code === 'unsupported') return link
      throw error
    }
  }
  throw new AppError('refused', `The netgraph bridge ${node} has no free link.`)
}
