/** The programs of the machine: name to function. One file a program (or a folder where it is large). */
import type { World } from './world.ts'

export type ProgramResult = { exit: number; stdout: string; stderr: string }

/** A piece of output of a program that streams. */
export type Output = { stdout?: string | Uint8Array; stderr?: string }

export type ProgramIo = {
  /** All of standard input as text; '' when there is none. */
  stdinText: () => Promise<string>
  /** Standard input as it comes. */
  stdin: AsyncIterable<Uint8Array>
  env: Readonly<Record<string, string>>
  /** Working directory as a path of the machine. */
  cwd: string
  /** Aborted when the caller goes away or kills the program. */
  signal: AbortSignal
  /** Runs another program of the machine (for `daemon`, `env`, `sh -c`). */
  run: (argv: readonly string[], stdin?: string) => Promise<ProgramResult>
}

/**
 * `argv[0]` is the program's own name. A result, a promise of one, or a generator that yields output as it comes and
 * returns the exit status. What it throws is a bug of the sandbox: the caller sees exit 70 and the text.
 */
export type Program = (
  world: World,
  argv: readonly string[],
  io: ProgramIo,
) => ProgramResult | Promise<ProgramResult> | AsyncGenerator<Output, number>

/**
 * A program that is a process of its own (`bhyve`): the stub in `<dir>/bin` becomes it, so that its pid, signals and
 * exit status are real. `script` is run by the same Node as `node SCRIPT ARG…` with `SKEP_SANDBOX=<dir>`.
 */
export type ProcessProgram = { script: URL }

/** `ownPath: false`: on the PATH of scripts the computer's own program of that name stays. */
export type ProgramEntry = { run: () => Promise<Program>; ownPath?: boolean } | ProcessProgram

/** Loaded at first use, so a broken or heavy program costs nothing to the others. */
export const PROGRAMS: Record<string, ProgramEntry> = {
  bhyve: { script: new URL('./bhyve-main.ts', import.meta.url) },
  bhyvectl: { run: async () => (await import('./bhyvectl.ts')).bhyvectl },
  dd: { run: async () => (await import('./dd.ts')).dd },
  zfs: { run: async () => (await import('./zfs/zfs.ts')).zfs },
  sysctl: { run: async () => (await import('./sysctl.ts')).sysctl },
  kldstat: { run: async () => (await import('./kldstat.ts')).kldstat },
  pciconf: { run: async () => (await import('./pciconf.ts')).pciconf },
  sysrc: { run: async () => (await import('./sysrc.ts')).sysrc },
  ps: { run: async () => (await import('./ps.ts')).ps },
  daemon: { run: async () => (await import('./daemon.ts')).daemon },
  mount: { run: async () => (await import('./mount.ts')).mount },
  dmesg: { run: async () => (await import('./dmesg.ts')).dmesg },
  service: { run: async () => (await import('./service.ts')).service },
  shutdown: { run: async () => (await import('./shutdown.ts')).shutdown },
  uname: { run: async () => (await import('./uname.ts')).uname },
  date: { run: async () => (await import('./date.ts')).date },
  kldload: { run: async () => (await import('./kldstat.ts')).kldload },
  pgrep: { run: async () => (await import('./ps.ts')).pgrep },
  kill: { run: async () => (await import('./ps.ts')).kill },
  hostname: { run: async () => (await import('./uname.ts')).hostname },
  'freebsd-version': { run: async () => (await import('./uname.ts')).freebsdVersion },
  clock: { run: async () => (await import('./date.ts')).clock },
  fault: { run: async () => (await import('./faults.ts')).fault },
  ifconfig: { run: async () => (await import('./ifconfig/ifconfig.ts')).ifconfig },
  cp: { run: async () => (await import('./files.ts')).cp, ownPath: false },
  mv: { run: async () => (await import('./files.ts')).mv, ownPath: false },
  mkdir: { run: async () => (await import('./files.ts')).mkdir, ownPath: false },
  rm: { run: async () => (await import('./files.ts')).rm, ownPath: false },
  cat: { run: async () => (await import('./files.ts')).cat, ownPath: false },
  ls: { run: async () => (await import('./files.ts')).ls, ownPath: false },
  netstat: { run: async () => (await import('./netstat.ts')).netstat },
  iscsictl: { run: async () => (await import('./netstat.ts')).iscsictl },
  zpool: { run: async () => (await import('./zpool/zpool.ts')).zpool },
}

export function ok(stdout = ''): ProgramResult {
  return { exit: 0, stdout, stderr: '' }
}

export function fail(exit: number, stderr: string, stdout = ''): ProgramResult {
  return { exit, stdout, stderr }
}
