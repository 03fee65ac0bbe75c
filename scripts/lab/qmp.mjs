/** QEMU's own door (QMP): one JSON a line over a unix socket. */
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

/** Connects, greets, lets `talk` send commands, and hangs up. A refused command throws. */
export async function withQmp(path, talk) {
  const socket = connect(path)
  const lines = createInterface({ input: socket })
  const waiting = []
  let failed = null
  const fail = error => {
    failed ??= error ?? new Error('QEMU hung up.')
    for (const each of waiting.splice(0)) each.reject(failed)
  }
  socket.on('error', fail).on('close', () => fail())
  lines.on('line', line => {
    const message = JSON.parse(line)
    if ('return' in message) waiting.shift()?.resolve(message.return)
    else if (message.error) waiting.shift()?.reject(new Error(message.error.desc))
  })
  const send = (execute, args) =>
    new Promise((resolve, reject) => {
      if (failed) return reject(failed)
      waiting.push({ resolve, reject })
      socket.write(`${JSON.stringify(args ? { execute, arguments: args } : { execute })}\n`)
    })
  try {
    await send('qmp_capabilities')
    return await talk(send)
  } finally {
    socket.destroy()
  }
}
