import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { HostFacts } from './model.ts'

export async function readFacts(_host: Host): Promise<HostFacts> {
  throw new AppError('unsupported', 'Not yet.')
}
