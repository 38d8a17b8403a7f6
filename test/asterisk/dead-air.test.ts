import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { encodeWav } from '@ura/api/speech/wav'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DeadAir } from '../../bench/calls/dead-air.ts'
import { median } from '../../bench/harness/statistics.ts'
import { recordFigure } from '../../scripts/test/figures.ts'
import { noisePrompt } from '../listening/noise-prompts.ts'
import { silencesMs } from '../listening/silences.ts'
import { type AgiStub, startAgiStub } from './agi-stub.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { neverOpen, startTelephony, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()

/** What a service may take for its answer to a key. */
const thinkingMs = [150, 250, 400, 600, 900]
/** How long the caller listens before a key. */
const listenMs = 800
/** Node's timers come up to a millisecond early; the service takes no less than it is said to. */
const earlyMs = 2
/** Packets of 20 ms on both sides of a silence, and a machine that does something else as well. */
const toleranceMs = 80

describe.runIf(root !== '')('dead air by the events of Asterisk', () => {
  let soundsFolder: string
  let stub: AgiStub
  let telephony: Telephony

  beforeAll(async () => {
    soundsFolder = await mkdtemp(join(tmpdir(), 'ura-sounds-'))
    await writeFile(join(soundsFolder, 'question.wav'), encodeWav(noisePrompt('question', 5_000)))
    stub = await startAgiStub()
    telephony = await startTelephony({
      root,
      agiServers: [stub.address],
      soundsFolder,
      openTimes: neverOpen,
    })
  })
  afterAll(async () => {
    await telephony?.stop()
    await stub?.stop()
    await rm(soundsFolder, { recursive: true, force: true })
  })

  it('is the silence in what the caller hears', async () => {
    const ask = 'GET OPTION "ura/question" "1" 1000'
    stub.script = async (session) => {
      for (const thinkMs of thinkingMs) {
        await session.send(ask)
        await delay(thinkMs + earlyMs)
      }
      await session.send(ask)
    }
    const call = await telephony.dial({
      callerId: '2001',
      extension: '7000',
      record: true,
      recordSilences: true,
    })
    for (const _ of thinkingMs) {
      await call.waitForCommand(/^GET OPTION/)
      await delay(listenMs)
      await call.press('1')
    }
    await call.waitForCommand(/^GET OPTION/)
    await delay(listenMs)
    const recording = await call.stopRecording()
    await call.hangup()

    const deadAir = new DeadAir()
    for (const event of call.uraEvents) deadAir.take(event)
    const byEvents = deadAir.takeTurnsMs()
    const heard = silencesMs(recording)
    recordFigure(
      'dead air by events and in the recorded audio',
      byEvents.map((ms, turn) => `${ms.toFixed(0)}/${heard[turn]?.toFixed(0)} ms`).join(', '),
    )
    expect(byEvents).toHaveLength(thinkingMs.length)
    expect(heard).toHaveLength(thinkingMs.length)
    for (const [turn, ms] of byEvents.entries())
      expect(ms).toBeGreaterThanOrEqual(thinkingMs[turn] ?? Infinity)
    // A machine that stops for a moment puts single turns wrong; what is compared is the way of measuring.
    const differencesMs = byEvents.map((ms, turn) => Math.abs((heard[turn] ?? Infinity) - ms))
    expect(median(differencesMs)).toBeLessThan(toleranceMs)
  })
})
