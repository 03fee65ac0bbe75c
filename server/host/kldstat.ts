/** kldstat(8): what is in the kernel. */
import type { Host } from './host.ts'

/** Whether a module has been initialised; compiled-in ones count. */
function kldstatModuleArgv(module: string): string[] {
  return ['kldstat', '-q', '-m', module]
}

/** Whether a file has been loaded: its module may have refused this machine all the same. */
function kldstatFileArgv(file: string): string[] {
  return ['kldstat', '-q', '-n', file]
}

export async function hasModule(host: Host, module: string): Promise<boolean> {
  return (await host.run(kldstatModuleArgv(module))).exit === 0
}

export async function hasLoadedFile(host: Host, file: string): Promise<boolean> {
  return (await host.run(kldstatFileArgv(file))).exit === 0
}
