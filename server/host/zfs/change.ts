/** zfs-rollback(8), zfs-promote(8), zfs-rename(8), zfs-hold(8). */
import type { Host } from '../host.ts'
import { runZfs } from './errors.ts'
import { splitSnapshot } from './names.ts'

/** Without -r: zfs itself refuses where anything newer exists. */
export function rollbackArgv(snapshot: string): string[] {
  return ['zfs', 'rollback', snapshot]
}

/** AppError `newer_snapshots` (detail.names: newer snapshots and bookmarks), `not_found`, `in_use`, `denied`. */
export async function rollback(host: Host, snapshot: string): Promise<void> {
  await runZfs(host, rollbackArgv(snapshot), [snapshot, splitSnapshot(snapshot).dataset])
}

export function promoteArgv(dataset: string): string[] {
  return ['zfs', 'promote', dataset]
}

/** AppError `refused` (no clone), `exists` (two snapshots of one name), `not_found`, `no_space`, `denied`. */
export async function promote(host: Host, dataset: string): Promise<void> {
  await runZfs(host, promoteArgv(dataset), [dataset])
}

/** A dataset (with all below it) or a snapshot. */
export type Rename = { from: string; to: string }

export function renameArgv(spec: Rename): string[] {
  return ['zfs', 'rename', spec.from, spec.to]
}

/** AppError `exists`, `not_found`, `invalid`, `in_use` (a busy mount), `denied`; then nothing has changed. */
export async function rename(host: Host, spec: Rename): Promise<void> {
  await runZfs(host, renameArgv(spec), [spec.from, spec.to])
}

export type Hold = { snapshots: readonly string[]; tag: string; recursive?: boolean }

/** `--` because a tag may begin with a hyphen. */
export function holdArgv(spec: Hold): string[] {
  return ['zfs', 'hold', ...(spec.recursive ? ['-r'] : []), '--', spec.tag, ...spec.snapshots]
}

/** AppError `exists`, `not_found`, `invalid`, `denied`; the snapshots it does not speak of are held all the same. */
export async function hold(host: Host, spec: Hold): Promise<void> {
  await runZfs(host, holdArgv(spec), holdAbout(spec))
}

export function releaseArgv(spec: Hold): string[] {
  return ['zfs', 'release', ...(spec.recursive ? ['-r'] : []), '--', spec.tag, ...spec.snapshots]
}

/** AppError `not_found`, `denied`; the snapshots it does not speak of are released all the same. */
export async function release(host: Host, spec: Hold): Promise<void> {
  await runZfs(host, releaseArgv(spec), holdAbout(spec))
}

function holdAbout(spec: Hold): { names: readonly string[]; below: readonly string[] } {
  const datasets = spec.snapshots.map(name => splitSnapshot(name).dataset)
  return { names: [...spec.snapshots, ...datasets], below: spec.recursive ? datasets : [] }
}

/** Mounts one filesystem, also one that does not mount by itself (`canmount=noauto`). zfs-mount(8). */
export function mountArgv(dataset: string): string[] {
  return ['zfs', 'mount', dataset]
}

/** Unmounts a filesystem and all that is mounted below it. zfs-unmount(8). */
export function unmountArgv(dataset: string): string[] {
  return ['zfs', 'unmount', dataset]
}
