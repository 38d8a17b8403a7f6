import { createLogger } from '@ura/core/logger'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AudioSocketPeer, countedSamples } from '../testing/audio-socket-peer.ts'
import { frameTypes } from './audio-socket-frames.ts'
import {
  type AudioSocketConnection,
  AudioSocketServer,
  type AudioSocketSession,
} from './audio-socket-server.ts'

class GatheringSession implements AudioSocketSession {
  connection: AudioSocketConnection | null = null
  readonly pieces: Buffer[] = []
  keys = ''
  ends = 0
  begin(connection: AudioSocketConnection): void {
    this.connection = connection
  }
  audio(samples: Buffer): void {
    this.pieces.push(Buffer.from(samples))
  }
  key(key: string): void {
    this.keys += key
  }
  end(): void {
    this.ends += 1
  }
}

let server: AudioSocketServer
let port: number
let logged: string[]
let session: GatheringSession

beforeEach(async () => {
  logged = []
  session = new GatheringSession()
  const log = createLogger({
    service: 'agi',
    level: 'info',
    destination: { write: (line: string) => void logged.push(line) },
  })
  server = new AudioSocketServer({ log, connectionsMax: 3, uuidWithinMs: 100, connectionMsMax: 400 })
  port = (await server.listen({ host: '127.0.0.1', port: 0 })).port
})
afterEach(() => server.close())

describe('a connection with a UUID that is expected', () => {
  it('brings sound and keys to its conversation, and the end', async () => {
    const { uuid } = server.expect(session)
    const peer = await AudioSocketPeer.open(port, uuid)
    peer.say(countedSamples(0.1))
    peer.press('5')
    peer.send(frameTypes.error, Buffer.from([1]))
    peer.press('#')
    peer.end()
    await expect.poll(() => session.ends).toBe(1)
    expect(Buffer.concat(session.pieces)).toEqual(countedSamples(0.1))
    expect(session.keys).toBe('5#')
  })

  it('is told that the channel may go back, and is closed', async () => {
    const expected = server.expect(session)
    const peer = await AudioSocketPeer.open(port, expected.uuid)
    await expect.poll(() => session.connection).not.toBeNull()
    session.connection?.send(countedSamples(0.02))
    session.connection?.finish()
    session.connection?.finish()
    await peer.closed
    await expected.close()
    expect([peer.isDismissed, peer.heard, session.ends]).toEqual([true, countedSamples(0.02), 1])
  })

  it('is cut when it never ends', async () => {
    const { uuid } = server.expect(session)
    const peer = await AudioSocketPeer.open(port, uuid)
    await peer.closed
    await expect.poll(() => session.ends).toBe(1)
    expect(logged.join()).toContain('too long')
  })

  it('is given a moment to bring the last of its sound when it is no longer wanted', async () => {
    const expected = server.expect(session)
    const peer = await AudioSocketPeer.open(port, expected.uuid)
    peer.say(countedSamples(0.1))
    await expect.poll(() => session.pieces.length).toBeGreaterThan(0)
    const closed = expected.close()
    peer.end()
    await closed
    expect(Buffer.concat(session.pieces)).toEqual(countedSamples(0.1))
  })
})

describe('whoever has no such UUID', () => {
  it.each([
    ['another UUID', (peer: AudioSocketPeer) => peer.send(frameTypes.uuid, Buffer.alloc(16))],
    ['no UUID first', (peer: AudioSocketPeer) => peer.press('#')],
    ['half a UUID', (peer: AudioSocketPeer) => peer.send(frameTypes.uuid, Buffer.alloc(8))],
    [
      'something else altogether',
      (peer: AudioSocketPeer) => peer.write(Buffer.from('GET / HTTP/1.1\r\n\r\n')),
    ],
    ['nothing', () => {}],
  ])('is closed: %s', async (_what, speak) => {
    server.expect(session)
    const peer = await AudioSocketPeer.connect(port)
    speak(peer)
    await peer.closed
    expect(session.connection).toBeNull()
    expect(logged.join()).toContain('an AudioSocket connection was refused')
  })

  it('is closed with one that was used, and one that is no longer wanted', async () => {
    const used = server.expect(session)
    const first = await AudioSocketPeer.open(port, used.uuid)
    await expect.poll(() => session.connection).not.toBeNull()
    const second = await AudioSocketPeer.open(port, used.uuid)
    await second.closed
    expect(session.ends).toBe(0)
    first.destroy()

    const other = new GatheringSession()
    const unwanted = server.expect(other)
    await unwanted.close()
    const third = await AudioSocketPeer.open(port, unwanted.uuid)
    await third.closed
    expect([other.connection, other.ends]).toEqual([null, 1])
  })

  it('finds no place when there are too many', async () => {
    const { uuid } = server.expect(session)
    const peers = await Promise.all([1, 2, 3].map(() => AudioSocketPeer.connect(port)))
    const late = await AudioSocketPeer.open(port, uuid)
    await late.closed
    expect(session.connection).toBeNull()
    peers.forEach((peer) => peer.destroy())
  })
})

describe('stopping', () => {
  it('ends every conversation', async () => {
    const { uuid } = server.expect(session)
    const peer = await AudioSocketPeer.open(port, uuid)
    await expect.poll(() => session.connection).not.toBeNull()
    await server.close()
    await peer.closed
    await expect.poll(() => session.ends).toBe(1)
  })
})
