/**
 * Terminal devices of the other machine, each held by a session that stays open. Beyond the few sessions that sshd(8) gives
 * a connection these have connections of their own, so that a machine with many guests still answers.
 */
import type { HostSocket } from '../host.ts'
import { openTerminal } from '../terminal.ts'
import { holdWords, OPEN } from '../terminal-script.ts'
import type { Connection } from './connection.ts'
import { Deadline } from './execute.ts'
import { ownScript, type ScriptOptions } from './script.ts'
import { letGo, Sessions } from './sessions.ts'

type Room = { connection: Connection; sessions: Sessions; held: number }

export class Terminals {
  readonly #connect: () => Connection
  readonly #how: ScriptOptions
  readonly #lockDirectory: string | undefined
  readonly #rooms = new Set<Room>()

  constructor(connect: () => Connection, how: ScriptOptions, lockDirectory?: string) {
    this.#connect = connect
    this.#how = how
    this.#lockDirectory = lockDirectory
  }

  /** Resolves when it is held. AppError as of `openTerminal`, `unreachable`. */
  async open(device: string): Promise<HostSocket> {
    const room = this.#room()
    room.held++
    let isLeft = false
    const leave = () => {
      if (isLeft) return
      isLeft = true
      room.held--
      if (room.held > 0) return
      this.#rooms.delete(room)
      void room.connection.close()
    }
    const deadline = new Deadline(['sh', 'hold', device], { timeoutMs: 10_000 })
    try {
      const { channel, end } = await deadline.wait(room.sessions.exec(deadline.signal))
      const ended = end.then(how => (how === 'cut off' ? how : how.exit))
      void ended.then(leave)
      // The end of its input is what tells the script that nobody listens any more.
      const holder = {
        input: channel,
        output: channel,
        errors: channel.stderr,
        ended,
        letGo: () => letGo(channel),
      }
      const opening = openTerminal(holder, { device, privilege: this.#how.privilege })
      channel.write(ownScript(OPEN, holdWords(device, this.#lockDirectory), this.#how))
      return await opening
    } catch (error) {
      leave()
      throw error
    } finally {
      deadline.over()
    }
  }

  #room(): Room {
    const free = [...this.#rooms].find(({ sessions }) => !sessions.full)
    if (free) return free
    const connection = this.#connect()
    const room = { connection, sessions: new Sessions(connection), held: 0 }
    this.#rooms.add(room)
    return room
  }

  async close(): Promise<void> {
    await Promise.all([...this.#rooms].map(({ connection }) => connection.close()))
  }
}
