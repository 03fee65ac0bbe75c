import { once } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { VNC_CLOSE } from './console/model.ts'
import { PASSWORD, refusalOf, running } from './http.testing.ts'

type Running = Awaited<ReturnType<typeof running>>
type Subscribed = { socket: WebSocket; batches: { id: string; data: unknown[] }[] }

/** Listens to changes as a browser does; what it is told gathers in `batches`. */
function subscriber(open: Running['open'], headers: Record<string, string>) {
  return async (path: 'live.host' | 'live.changes', lastEventId?: string): Promise<Subscribed> => {
    const socket = open('/ws/trpc', headers)
    const batches: Subscribed['batches'] = []
    socket.on('message', data => {
      if (data.toString() === 'PING') return socket.send('PONG')
      const message = JSON.parse(data.toString())
      if (message.result?.type === 'data') batches.push(message.result.data)
    })
    await once(socket, 'open')
    const input = { host: 'scripted', ...(lastEventId && { lastEventId }) }
    socket.send(JSON.stringify({ id: 1, method: 'subscription', params: { path, input } }))
    return { socket, batches }
  }
}

describe('sockets', () => {
  it('need a session before anything is opened', async () => {
    const { open, origin, signIn, connect } = await running()
    expect(await refusalOf(open('/ws/trpc', { origin }))).toBe(401)
    expect(await refusalOf(open('/ws/vnc/scripted/web1?tab=a', { origin }))).toBe(401)
    const cookie = await signIn()
    expect(await refusalOf(open('/ws/vnc/scripted/web1', { origin, cookie }))).toBe(400)
    expect(await refusalOf(open('/ws/vnc/scripted/%ff?tab=a', { origin, cookie }))).toBe(404)
    expect(await refusalOf(open('/ws/other', { origin, cookie }))).toBe(404)
    expect(connect).not.toHaveBeenCalled()
    const screen = open('/ws/vnc/scripted/web1?tab=a', { origin, cookie })
    const heard: unknown[] = []
    screen.on('message', data => heard.push(JSON.parse(data.toString())))
    await vi.waitFor(() =>
      expect(heard).toContainEqual(expect.objectContaining({ type: 'screen', code: 'not_found' })),
    )
  })

  it('of serial consoles need a session and a page of ours, and then the guest must be there', async () => {
    const { open, origin, signIn, connect } = await running()
    const serial = '/ws/serial/scripted/web1?port=com1&tab=one'
    expect(await refusalOf(open(serial, { origin }))).toBe(401)
    const cookie = await signIn()
    expect(await refusalOf(open(serial, { origin: 'http://evil.example', cookie }))).toBe(403)
    expect(await refusalOf(open(serial, { cookie }))).toBe(403)
    expect(await refusalOf(open('/ws/serial/other/web1', { origin, cookie }))).toBe(404)
    expect(await refusalOf(open('/ws/serial/scripted/%ff', { origin, cookie }))).toBe(404)
    for (const query of ['', '?port=com1', '?port=com5&tab=one'])
      expect(await refusalOf(open(`/ws/serial/scripted/web1${query}`, { origin, cookie }))).toBe(400)
    const [text] = await once(open(serial, { origin, cookie }), 'message')
    expect(JSON.parse(text.toString())).toMatchObject({ type: 'reason', retry: false })
    expect(connect).not.toHaveBeenCalled()
  })

  it('carry changes of the host and of tasks, and what was missed in between', async () => {
    const { open, origin, port, inventory, services } = await running()
    // Not by signIn(): its own record would be among the changes.
    const setup = { token: services.accounts.issueSetupToken(), name: 'olga', password: PASSWORD }
    const signedIn = await services.accounts.setup(setup, { address: '', userAgent: '' })
    const cookie = `skep-${port}=${signedIn.cookie}`
    const subscribe = subscriber(open, { origin, cookie })
    const stays = await subscribe('live.host')
    const leaves = await subscribe('live.host')
    await vi.waitFor(() => expect([stays.batches.length, leaves.batches.length]).toEqual([1, 1]))
    expect(stays.batches[0]?.data).toEqual([{ topic: 'everything' }])
    leaves.socket.close()
    await once(leaves.socket, 'close')

    inventory.tell([{ topic: 'vm', key: 'web1' }, { topic: 'vms' }])
    inventory.tell([{ topic: 'vm', key: 'web1' }])
    await vi.waitFor(() => expect(stays.batches).toHaveLength(2))
    expect(stays.batches[1]?.data).toEqual([{ topic: 'vm', key: 'web1' }, { topic: 'vms' }])

    const back = await subscribe('live.host', leaves.batches[0]?.id)
    await vi.waitFor(() => expect(back.batches).toEqual(stays.batches.slice(1)))
    const stranger = await subscribe('live.host', 'of-another-process.7')
    await vi.waitFor(() => expect(stranger.batches[0]?.data).toEqual([{ topic: 'everything' }]))

    const tasks = await subscribe('live.changes')
    await vi.waitFor(() => expect(tasks.batches).not.toEqual([]))
    await services.audit({ action: 'a.b', title: 'A', userName: 'olga' }, () => null)
    await vi.waitFor(() =>
      expect(tasks.batches.flatMap(each => each.data)).toContainEqual({
        topic: 'task',
        key: '1',
        host: null,
      }),
    )
  })

  it('go over to the host that is opened anew', async () => {
    const { open, origin, signIn, inventory, services } = await running()
    const { batches } = await subscriber(open, { origin, cookie: await signIn() })('live.host')
    await vi.waitFor(() => expect(batches).toHaveLength(1))
    await services.fleet.shut('scripted')
    await vi.waitFor(() => expect(batches).toHaveLength(2))
    expect(batches[1]?.data).toEqual([{ topic: 'everything' }])
    inventory.tell([{ topic: 'vms' }])
    await vi.waitFor(() => expect(batches[2]?.data).toEqual([{ topic: 'vms' }]))
  })

  it('close when their session ends, and the host is watched no longer', async () => {
    const { open, origin, post, signIn, inventory } = await running()
    const cookie = await signIn()
    const socket = open('/ws/trpc', { origin, cookie })
    await once(socket, 'open')
    socket.send('{"id":1,"method":"subscription","params":{"path":"live.host","input":{"host":"scripted"}}}')
    await vi.waitFor(() => expect(inventory.watched()).toBe(true))
    const closed = once(socket, 'close')
    await post('accounts.signOutEverywhere', undefined, { cookie })
    expect((await closed)[0]).toBe(VNC_CLOSE.signedOut)
    await vi.waitFor(() => expect(inventory.watched()).toBe(false))
    expect(await refusalOf(open('/ws/trpc', { origin, cookie }))).toBe(401)
  })
})
