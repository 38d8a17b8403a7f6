import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { promptTexts } from '@ura/agi/prompts/pt-br'
import { buildPromptPack } from '@ura/api/speech/prompt-pack'
import { filesPlayed } from '../listening/heard-files.ts'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { TestClock } from '../support/test-clock.ts'
import { toneSynthesizer } from '../support/tone-synthesizer.ts'
import type { Call } from './call.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { startTelephony, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()

describe.runIf(root !== '')('the survey after a call with a technician, on a real Asterisk', () => {
  const clock = new TestClock()
  let sounds: string
  let system: HelpdeskSystem
  let telephony: Telephony

  beforeAll(async () => {
    sounds = await mkdtemp(join(tmpdir(), 'ura-pack-'))
    await buildPromptPack({ texts: promptTexts, outFolder: sounds, synthesizer: toneSynthesizer() })
    clock.advanceToMonday()
    system = await HelpdeskSystem.start({ clock, environment: { SATISFACTION_SURVEY: 'on' } })
    telephony = await startTelephony({
      root,
      agiServers: [`127.0.0.1:${system.agiPorts[0] ?? 0}`],
      soundsFolder: join(sounds, 'pt_BR', 'ura'),
    })
  })
  afterAll(async () => {
    await telephony?.stop()
    await system?.stop()
    await rm(sounds, { recursive: true, force: true })
  })
  afterEach(() => telephony.hangUpAll())

  /** A call that a technician has taken and hung up. */
  async function attended(): Promise<Call> {
    const call = await telephony.dial({ callerId: '2001', extension: '7000' })
    await call.waitForCommand(/ura\/main-menu/)
    await call.press('3')
    const { spoken } = await telephony.technician.nextCall(20_000)
    await spoken
    const channels = await telephony.uraCommand('core show channels concise')
    const technician = /^PJSIP\/technician-[0-9a-f]+/m.exec(channels)?.[0] ?? 'none'
    await telephony.uraCommand(`channel request hangup ${technician}`)
    return call
  }

  it('keeps the key of a caller who stays, and says goodbye', async () => {
    await telephony.setGlobal('URA_SURVEY', 'yes')
    const call = await attended()
    await call.waitForCommand(/ura\/ask-satisfaction/)
    await call.press('5')
    await call.ended
    expect(filesPlayed(call.uraEvents).slice(-2)).toEqual(['ura/ask-satisfaction', 'ura/satisfaction-thanks'])
    expect(await telephony.readUraLog()).toMatch(/Playback\("PJSIP\/office-\w+", "ura\/goodbye"\)/)
    const ratings = await system.api.db.selectFrom('satisfaction_ratings').selectAll().execute()
    expect(ratings).toMatchObject([
      { ticket_id: null, call_id: call.uraUniqueId, moment: 'technician', score: 5 },
    ])
  })

  it('asks nobody when it is off: the call is over with the technician', async () => {
    await telephony.setGlobal('URA_SURVEY', '')
    const call = await attended()
    await call.ended
    expect(filesPlayed(call.uraEvents)).not.toContain('ura/ask-satisfaction')
  })
})
