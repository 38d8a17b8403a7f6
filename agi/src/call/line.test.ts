import type { AgiCall } from 'asterisk-agi'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Line } from './line.ts'
import { prompt, type Sound } from './sound.ts'

/** How long Asterisk takes to find that an address gives nothing, in the time of the test. */
let failsAfterMs = 0
const played: string[] = []
const missed: string[] = []

const agi = {
  async streamFile(file: string) {
    played.push(file)
    if (!file.startsWith('http')) {
      return { kind: 'done' }
    }
    await new Promise((resolve) => setTimeout(resolve, failsAfterMs))
    return { kind: 'failed' }
  },
} as unknown as AgiCall

function speech(name: string): Sound {
  return {
    name,
    file: `http://api/${name}.wav`,
    otherwise: [prompt('status-open')],
    isSynthesized: true,
  }
}

async function say(...sounds: Sound[]): Promise<void> {
  const line = new Line(
    agi,
    { firstDigitMs: 7_000, betweenDigitsMs: 4_000 },
    { missing: ({ name }) => missed.push(name) },
  )
  const saying = line.say(...sounds)
  await vi.advanceTimersByTimeAsync(60_000)
  await saying
}

beforeEach(() => {
  vi.useFakeTimers()
  played.length = 0
  missed.length = 0
})
afterEach(() => void vi.useRealTimers())

it('an address that gives nothing is asked for once in a call; its recordings are heard each time', async () => {
  failsAfterMs = 5
  await say(speech('protocol'), speech('protocol'), speech('status'))
  expect(played).toEqual([
    'http://api/protocol.wav',
    'ura/status-open',
    'ura/status-open',
    'http://api/status.wav',
    'ura/status-open',
  ])
  expect(missed).toEqual(['protocol', 'protocol', 'status'])
})

it('a server of audio that does not answer is waited for once in a call', async () => {
  failsAfterMs = 4_000
  await say(speech('name'), speech('menu'), prompt('goodbye'))
  expect(played).toEqual(['http://api/name.wav', 'ura/status-open', 'ura/status-open', 'ura/goodbye'])
  expect(missed).toEqual(['name', 'menu'])
})
