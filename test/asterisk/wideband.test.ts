import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toDecibels } from '@ura/api/speech/decibels'
import type { PcmAudio, Synthesizer } from '@ura/api/speech/synthesizer'
import { toTelephonyAudio, wavExtension, type TelephonyRateHz } from '@ura/api/speech/telephony-audio'
import { encodeWav } from '@ura/api/speech/wav'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transform } from '../listening/fourier.ts'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { type AgiStub, startAgiStub } from './agi-stub.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { startTelephony, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()

/** One frequency that any telephone carries and one that only a wideband one does. */
const lowHz = 1_000
const highHz = 5_500

function twoTones(sampleRateHz: number, seconds = 1.5): PcmAudio {
  const samples = Int16Array.from({ length: sampleRateHz * seconds }, (_, index) => {
    const turn = (2 * Math.PI * index) / sampleRateHz
    return Math.round(6_000 * (Math.sin(turn * lowHz) + Math.sin(turn * highHz)))
  })
  return { sampleRateHz, samples }
}

const twoTonesSynthesizer: Synthesizer = {
  name: 'two tones',
  synthesize: async () => twoTones(22_050),
}

/** The level of the high tone above that of the low one, in decibels, over the whole of a sound. */
function highOverLowDb({ samples, sampleRateHz }: PcmAudio): number {
  const size = 2 ** Math.ceil(Math.log2(samples.length))
  const spectrum = { real: new Float64Array(size), imaginary: new Float64Array(size) }
  spectrum.real.set(samples)
  transform(spectrum, 'forward')
  const levelAt = (frequencyHz: number): number => {
    const bins = [frequencyHz - 50, frequencyHz + 50].map((hz) => Math.round((hz / sampleRateHz) * size))
    const [from = 0, to = 0] = bins
    let energy = 0
    for (let bin = from; bin <= to; bin += 1) {
      energy += (spectrum.real[bin] ?? 0) ** 2 + (spectrum.imaginary[bin] ?? 0) ** 2
    }
    return Math.sqrt(energy)
  }
  return toDecibels(levelAt(highHz) / levelAt(lowHz))
}

/** A sound's address from an API that speaks at a rate, as an answer of it has it. */
async function spokenAddress(system: HelpdeskSystem): Promise<string> {
  return (await system.ticketApi.userSpeech('1001')).url ?? 'none'
}

describe.runIf(root !== '')('sound at 8,000 and 16,000 Hz on a real Asterisk', () => {
  const rates: readonly TelephonyRateHz[] = [8_000, 16_000]
  let soundsFolder: string
  let server: AgiStub
  const systems = new Map<number, HelpdeskSystem>()

  beforeAll(async () => {
    soundsFolder = await mkdtemp(join(tmpdir(), 'ura-rates-'))
    for (const sampleRateHz of rates) {
      const sound = toTelephonyAudio(twoTones(22_050), { sampleRateHz })
      const file = `at-${sampleRateHz}${wavExtension(sampleRateHz)}`
      await writeFile(join(soundsFolder, file), encodeWav({ ...sound, comment: 'two tones' }))
      const environment = { SPEECH_SAMPLE_RATE: String(sampleRateHz) }
      systems.set(sampleRateHz, await HelpdeskSystem.start({ synthesizer: twoTonesSynthesizer, environment }))
    }
    server = await startAgiStub()
  })

  afterAll(async () => {
    await server?.stop()
    await Promise.all([...systems.values()].map((system) => system.stop()))
    await rm(soundsFolder, { recursive: true, force: true })
  })

  describe.each([
    { codec: 'alaw', isWide: false },
    { codec: 'g722', isWide: true },
    { codec: 'slin16', isWide: true },
  ] as const)('in a call by $codec', ({ codec, isWide }) => {
    let telephony: Telephony

    beforeAll(async () => {
      telephony = await startTelephony({ root, agiServers: [server.address], soundsFolder, codec })
    })

    afterAll(() => telephony?.stop())

    it.each(
      rates.flatMap((sampleRateHz) => [
        { sampleRateHz, from: 'a file' },
        { sampleRateHz, from: "the API's address" },
      ]),
    )('plays $sampleRateHz Hz from $from', async ({ sampleRateHz, from }) => {
      const system = systems.get(sampleRateHz)
      const sound =
        from === 'a file' || system === undefined ? `ura/at-${sampleRateHz}` : await spokenAddress(system)
      expect(from === 'a file' || sound.endsWith(wavExtension(sampleRateHz))).toBe(true)
      let reply: string | undefined
      server.script = async ({ send }) => {
        reply = await send(`STREAM FILE "${sound}" ""`)
        await send('SET VARIABLE URA_NEXT hangup')
      }
      const call = await telephony.dial({
        callerId: '2001',
        extension: '7000',
        record: true,
        recordFormat: 'wav16',
      })
      await call.ended
      const heard = await call.stopRecording()
      const endpos = Number(/^200 result=0 endpos=(\d+)$/.exec(reply ?? '')?.[1])
      // Two paddings of 80 ms around the tones, both of them played to the end; Asterisk counts in the file's own rate.
      expect(endpos / sampleRateHz).toBeCloseTo(1.66, 1)
      expect(heard.sampleRateHz).toBe(16_000)
      const high = highOverLowDb(heard)
      expect(high > -3 ? 'wide' : high < -25 ? 'narrow' : high).toBe(
        isWide && sampleRateHz === 16_000 ? 'wide' : 'narrow',
      )
    })
  })
})
