import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { promptTexts } from '@ura/agi/prompts/pt-br'
import { buildPromptPack } from '@ura/api/speech/prompt-pack'
import { filesPlayed } from '../listening/heard-files.ts'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { toneSynthesizer } from '../support/tone-synthesizer.ts'
import type { Call } from './call.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { neverOpen, startTelephony, type Telephony } from './telephony.ts'

const root = await findAsteriskRoot()

describe.runIf(root !== '')('identification by extension on a real Asterisk', () => {
  let sounds: string
  let system: HelpdeskSystem
  let telephony: Telephony

  beforeAll(async () => {
    sounds = await mkdtemp(join(tmpdir(), 'ura-pack-'))
    await buildPromptPack({ texts: promptTexts, outFolder: sounds, synthesizer: toneSynthesizer() })
    const environment = { EXTENSION_IDENTIFICATION: 'on', TRUSTED_EXTENSIONS: '2XXX' }
    system = await HelpdeskSystem.start({ environment })
    telephony = await startTelephony({
      root,
      agiServers: [`127.0.0.1:${system.agiPorts[0] ?? 0}`],
      soundsFolder: join(sounds, 'pt_BR', 'ura'),
      openTimes: neverOpen,
    })
  })
  afterAll(async () => {
    await telephony?.stop()
    await system?.stop()
    await rm(sounds, { recursive: true, force: true })
  })
  afterEach(() => telephony.hangUpAll())

  /** Every call shows the same number, that of the extension. */
  const dial = (from: 'trunk' | 'desk'): Promise<Call> =>
    telephony.dial({ callerId: '2001', extension: '7000', from })

  async function key(call: Call, question: RegExp, keys: string): Promise<void> {
    await call.waitForCommand(question, 30_000)
    await call.press(keys)
  }

  async function identifications(): Promise<{ user_code: string | null; detail: string }[]> {
    return await system.api.db
      .selectFrom('audit_log')
      .select(['user_code', 'detail'])
      .where('event', '=', 'identified_by_extension')
      .execute()
  }

  it('the endpoint itself opens a ticket with the name confirmed and no code', async () => {
    const call = await dial('desk')
    expect(call.uraChannel).toMatch(/^PJSIP\/2001-/)
    await key(call, /ura\/main-menu/, '1')
    await key(call, /ura\/extension-name-after/, '1')
    await key(call, /GET OPTION "http/, '2')
    await key(call, /GET OPTION "http/, '2')
    await call.waitForCommand(/ura\/after-ticket/, 30_000)
    await call.hangup()
    expect(filesPlayed(call.uraEvents)).not.toContain('ura/ask-registration')
    expect(system.sentCodes).toEqual([])
    expect(await identifications()).toEqual([
      { user_code: '1001', detail: JSON.stringify({ extension: '2001', call: call.uraUniqueId }) },
    ])
  })

  it('the same number by the trunk is asked for its codes', async () => {
    const before = await identifications()
    const call = await dial('trunk')
    await key(call, /ura\/main-menu/, '1')
    await call.waitForCommand(/ura\/ask-registration/, 30_000)
    await call.hangup()
    expect(filesPlayed(call.uraEvents)).not.toContain('ura/extension-name-before')
    expect(await identifications()).toEqual(before)
  })
})
