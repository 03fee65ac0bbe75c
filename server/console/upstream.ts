import { Socket } from 'node:net'
import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { Vm } from '../vms/model.ts'
import { createByteReader, StreamEnded } from './bytes.ts'
import { pumpGuest } from './fromGuest.ts'
import { greetGuest, readBanner, type ServerInit } from './handshake.ts'
import type { VncReason } from './model.ts'
import type { Picture } from './picture.ts'
import { wordsOf } from './pixels.ts'
import { ENCODING, keyEvent, MESSAGE, setEncodings, updateRequest } from './rfb.ts'

/** bhyve sends its banner at once, unless it serves somebody else. */
const BANNER_MS = 4000
const HANDSHAKE_MS = 10_000
const CONNECT_MS = 5000
const MOST_UNREAD_BYTES = 64 * 1024

/** Why there is no picture. */
export class NoPicture extends Error {
  readonly reason: VncReason
  /** Whether trying again soon makes sense without anything else happening first. */
  readonly retry: boolean

  constructor(reason: VncReason, message: string, retry: boolean) {
    super(message)
    this.reason = reason
    this.retry = retry
  }
}

/** Where the screen of a guest is; NoPicture when it has none just now. */
export function screenOf(vm: Vm | undefined, name: string): { port: number; waits: boolean } {
  if (!vm) throw new NoPicture('not_found', `There is no guest named ${name}.`, false)
  const because = vm.stateReason ? ` ${vm.stateReason}` : ''
  switch (vm.state) {
    case 'stopped':
    case 'suspended':
      throw new NoPicture('stopped', `${name} is not running.${because}`, false)
    case 'crashed':
    case 'leftover':
    case 'locked':
      throw new NoPicture('stopped', `${name} has no screen now.${because}`, false)
  }
  const port = Number(/:(\d+)$/.exec(vm.vnc ?? '')?.[1])
  const address = (vm.vnc ?? '').replace(/:\d+$/, '')
  // The door reaches the loopback interface only, where a screen of every address listens too.
  if (port && address !== '127.0.0.1' && address !== '0.0.0.0') {
    const words = `The screen of ${name} listens on ${address} only, out of Skep's reach: set graphics_listen to 127.0.0.1, shut it down and start it again.`
    throw new NoPicture('unreachable', words, false)
  }
  if (port) return { port, waits: vm.state === 'waiting' }
  if (!vm.graphics) {
    throw new NoPicture(
      'no_framebuffer',
      `${name} has no framebuffer: it is seen on its serial console only.`,
      false,
    )
  }
  if (vm.state === 'running') {
    throw new NoPicture(
      'no_framebuffer',
      `${name} was started without a framebuffer; its conf has one now.`,
      false,
    )
  }
  throw new NoPicture('not_yet', `${name} is not far enough for a picture.`, true)
}

/** The one connection to a guest's screen. */
export type Upstream = {
  /** Wants the next change; asked once until it comes. */
  ask(): void
  /** A whole message of keys or pointer. Where the guest knows no scan codes, a plain key goes in their place. */
  send(message: Buffer): void
  takesExtendedKeys(): boolean
  /** Resolves with the reason when the guest's side has ended; never rejects. */
  ended: Promise<NoPicture>
  /** Resolves when the connection is gone: only then may another one be opened. */
  close(): Promise<void>
}

/** Connects, greets and keeps `picture` as the guest's screen is. NoPicture for everything that may stand in the way. */
export async function openUpstream(options: {
  host: Pick<Host, 'connect' | 'kind'>
  name: string
  port: number
  password: string | null
  picture: Picture
  /** The picture is as the guest's screen is; from then on after each update, whether it changed anything or not. */
  onUpdate: () => void
  bannerMs?: number
}): Promise<Upstream> {
  const { host, name, port, password, picture, onUpdate, bannerMs = BANNER_MS } = options
  const socket = await host.connect({ port }, { timeoutMs: CONNECT_MS }).catch((error: unknown) => {
    const words = error instanceof AppError ? error.message : 'The connection failed.'
    if (error instanceof AppError && error.code === 'unreachable')
      throw new NoPicture('unreachable', words, true)
    throw new NoPicture('not_yet', `The screen of ${name} does not answer. ${words}`, true)
  })
  const gone = new Promise<void>(resolve => socket.once('close', () => resolve()))
  // A key is a few bytes: waiting for more to send (Nagle) would hold it back for 40 ms.
  if (socket instanceof Socket) socket.setNoDelay()
  // Whoever reads learns of it; without a listener it would end the process.
  socket.on('error', () => undefined)
  const reader = createByteReader(socket)
  const write = (bytes: Buffer) => {
    if (!socket.destroyed) socket.write(bytes)
  }

  async function within<T>(ms: number, late: NoPicture, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(late), ms)
    })
    return Promise.race([work, deadline]).finally(() => clearTimeout(timer))
  }

  let init: ServerInit
  try {
    const silent = new NoPicture(
      'held_elsewhere',
      `The screen of ${name} is in use by a VNC client outside of Skep: bhyve serves one at a time.`,
      true,
    )
    await within(bannerMs, silent, readBanner(reader))
    const slow = new NoPicture(
      'refused',
      `The screen of ${name} stopped in the middle of its greeting.`,
      true,
    )
    init = await within(HANDSHAKE_MS, slow, greetGuest(reader, write, password))
  } catch (error) {
    socket.destroy()
    if (error instanceof NoPicture) throw error
    if (error instanceof AppError) throw new NoPicture('refused', error.message, false)
    throw new NoPicture('not_yet', `The screen of ${name} closed the connection.`, true)
  }

  let extendedKeys = false
  /** A guest that hangs reads no keys: they are dropped, not kept for later. */
  function send(message: Buffer) {
    if (socket.writableLength > MOST_UNREAD_BYTES) return
    const isPlain = extendedKeys || message.readUInt8() !== MESSAGE.qemu
    write(isPlain ? message : keyEvent(message.readUInt16BE(2) !== 0, message.readUInt32BE(4)))
  }

  let painted = false
  let asked = false
  let wantsAll = true
  function ask() {
    if (asked) return
    asked = true
    write(updateRequest(!wantsAll, picture.width, picture.height))
    wantsAll = false
  }
  function resized(width: number, height: number) {
    picture.resize(width, height)
    wantsAll = true
  }
  resized(init.width, init.height)
  // Over a wire packed pixels come sooner; on the machine itself packing would only cost its processor.
  const pixels = host.kind === 'ssh' ? [ENCODING.zlib, ENCODING.raw] : [ENCODING.raw]
  write(setEncodings([...pixels, ENCODING.desktopSize, ENCODING.extendedKey]))
  ask()
  const ended = pumpGuest(reader, {
    resized,
    painted(rect, bytes) {
      picture.paint(rect, wordsOf(bytes), init.format)
      painted = true
    },
    takesExtendedKeys() {
      extendedKeys = true
    },
    updated() {
      asked = false
      picture.commit()
      if (painted) onUpdate()
      else ask()
    },
  }).catch((error: unknown) => {
    socket.destroy()
    if (error instanceof AppError) return new NoPicture('refused', error.message, false)
    const words = error instanceof StreamEnded ? '' : ' The connection broke.'
    return new NoPicture('ended', `The picture of ${name} ended.${words}`, true)
  })

  return {
    ask,
    send,
    takesExtendedKeys: () => extendedKeys,
    ended,
    async close() {
      socket.destroy()
      await gone
    },
  }
}
