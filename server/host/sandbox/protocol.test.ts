import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { encodeFrame, FrameReader, kernelSocket, pathSocket, portSocket } from './protocol.ts'

test('frames come out as they went in, however the stream was cut', () => {
  const frame = fc.record({
    header: fc.record({ id: fc.nat(), text: fc.string({ unit: 'grapheme' }) }),
    body: fc.uint8Array({ maxLength: 300 }),
  })
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 50 })),
      (frames, cuts) => {
        const stream = Buffer.concat(frames.map(each => encodeFrame(each.header, each.body)))
        const reader = new FrameReader()
        const got = []
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const length = cuts[turn % Math.max(1, cuts.length)] ?? 1000
          got.push(...reader.push(stream.subarray(at, at + length)))
          at += length
        }
        expect(got.map(each => ({ header: each.header, body: new Uint8Array(each.body) }))).toEqual(frames)
      },
    ),
  )
})

test('what is no frame is refused', () => {
  expect(() => new FrameReader().push(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toThrow('not a frame')
})

test('socket paths stay short, however deep the directory lies', () => {
  const dir = `/${'deep/'.repeat(60)}sandbox`
  for (const file of [kernelSocket(dir), portSocket(dir, 65535), pathSocket(dir, `${dir}/vtcon.com1`)]) {
    expect(Buffer.byteLength(file)).toBeLessThan(104)
  }
})

afterEach(() => vi.unstubAllEnvs())

test('sockets lie at one place whatever the environment of who looks for them', () => {
  const here = kernelSocket('/srv/sandbox')
  vi.stubEnv('TMPDIR', '/elsewhere')
  expect(kernelSocket('/srv/sandbox')).toBe(here)
})
