import { keyEvent, MESSAGE } from './rfb.ts'

/** More than any keyboard has: whoever holds down keys that there are not fills no memory with them. */
const MOST_HELD = 256

/** Keys and buttons that are down now, so that they can be let go when their browser gives up the keyboard. */
export type Pressed = ReturnType<typeof createPressed>

export function createPressed() {
  /** For everything that is down, the message that lets it go. */
  const held = new Map<string, Buffer>()

  function keep(name: string, down: boolean, up: Buffer) {
    if (!down) held.delete(name)
    else if (held.size < MOST_HELD || held.has(name)) held.set(name, up)
  }

  return {
    /** A message of keys or pointer as it goes to the guest. */
    note(message: Buffer) {
      switch (message.readUInt8()) {
        case MESSAGE.key: {
          const keysym = message.readUInt32BE(4)
          return keep(`key ${keysym}`, message.readUInt8(1) !== 0, keyEvent(false, keysym))
        }
        case MESSAGE.qemu: {
          // Extended KeyEvent: 255, 0, down (two bytes), keysym, scan code.
          const up = Buffer.from(message)
          up.writeUInt16BE(0, 2)
          return keep(`scan code ${message.readUInt32BE(8)}`, message.readUInt16BE(2) !== 0, up)
        }
        case MESSAGE.pointer: {
          const up = Buffer.from(message)
          up.writeUInt8(0, 1)
          return keep('buttons', message.readUInt8(1) !== 0, up)
        }
      }
    },
    /** What lets go of everything that is still down. */
    release(): Buffer[] {
      const messages = [...held.values()]
      held.clear()
      return messages
    },
  }
}
