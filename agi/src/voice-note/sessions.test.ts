import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { countedSamples } from '../testing/audio-socket-peer.ts'
import { PlaybackSession } from './playback-session.ts'
import { makeTone, RecordingSession } from './recording-session.ts'
import { waveFile } from './wave-file.ts'

let sent: Buffer[]
let finished: number
const connection = { send: (samples: Buffer) => void sent.push(samples), finish: () => void (finished += 1) }

beforeEach(() => {
  vi.useFakeTimers()
  ;[sent, finished] = [[], 0]
})
afterEach(() => void vi.useRealTimers())

describe('a recording', () => {
  it('begins with a tone, and what is said over it is not kept', () => {
    const session = new RecordingSession({ secondsMax: 2 })
    session.begin(connection)
    session.audio(countedSamples(0.1))
    vi.advanceTimersByTime(400)
    session.audio(countedSamples(0.5))
    expect(Buffer.concat(sent)).toEqual(makeTone())
    expect(session.samples).toEqual(countedSamples(0.5))
  })

  it('ends with #, and with no other key', () => {
    const session = new RecordingSession({ secondsMax: 2 })
    session.begin(connection)
    vi.advanceTimersByTime(400)
    session.key('5')
    session.audio(countedSamples(0.1))
    expect(finished).toBe(0)
    session.key('#')
    session.audio(countedSamples(0.1))
    expect([finished, session.samples]).toEqual([1, countedSamples(0.1)])
  })

  it('keeps no more than its time has, and ends then', () => {
    const session = new RecordingSession({ secondsMax: 2 })
    session.begin(connection)
    vi.advanceTimersByTime(400)
    session.audio(countedSamples(1.5))
    session.audio(countedSamples(1.5))
    expect([finished, session.samples.length]).toEqual([1, 2 * 16_000])
  })

  it('ends by the clock when a phone sends nothing in silence', () => {
    const session = new RecordingSession({ secondsMax: 2 })
    session.begin(connection)
    vi.advanceTimersByTime(2_250)
    expect(finished).toBe(0)
    vi.advanceTimersByTime(150)
    expect(finished).toBe(1)
  })

  it('leaves no timer behind when the caller hangs up', () => {
    const session = new RecordingSession({ secondsMax: 2 })
    session.begin(connection)
    session.end()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps whole samples of a piece that has half a one', () => {
    const session = new RecordingSession({ secondsMax: 2 })
    session.begin(connection)
    vi.advanceTimersByTime(400)
    session.audio(Buffer.alloc(321))
    expect(session.samples.length).toBe(320)
  })
})

describe('hearing it', () => {
  it('sends it as fast as it is heard, a little ahead', () => {
    const session = new PlaybackSession(countedSamples(1))
    session.begin(connection)
    vi.advanceTimersByTime(500)
    const sentMs = Buffer.concat(sent).length / 16
    expect(sentMs).toBeGreaterThanOrEqual(500)
    expect(sentMs).toBeLessThanOrEqual(580)
    expect(finished).toBe(0)
    vi.advanceTimersByTime(520)
    expect([finished, Buffer.concat(sent)]).toEqual([1, countedSamples(1)])
  })

  it('stops for a key, which is told', () => {
    const session = new PlaybackSession(countedSamples(1))
    session.begin(connection)
    session.key('x')
    expect(session.stoppedBy).toBeNull()
    session.key('1')
    session.key('3')
    expect([finished, session.stoppedBy, vi.getTimerCount()]).toEqual([1, '1', 0])
  })
})

describe('the file', () => {
  it('is a WAV of mono 16-bit samples, 8,000 a second', () => {
    const file = waveFile(countedSamples(1))
    expect(file.toString('latin1', 0, 16)).toMatch(/^RIFF....WAVEfmt $/s)
    expect([
      file.readUInt32LE(4),
      file.readUInt16LE(22),
      file.readUInt32LE(24),
      file.readUInt16LE(34),
    ]).toEqual([16_036, 1, 8_000, 16])
    expect(file.subarray(44)).toEqual(countedSamples(1))
  })
})
