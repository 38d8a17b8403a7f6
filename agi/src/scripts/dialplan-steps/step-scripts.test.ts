import { AgiRouter } from 'asterisk-agi'
import { HelpdeskError } from '@ura/core/errors'
import { describe, expect, it } from 'vitest'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { FakeTicketApi } from '../../testing/fake-ticket-api.ts'
import { StepCaller } from '../../testing/step-caller.ts'
import { openLine } from '../../testing/test-call.ts'
import type { StepDependencies } from './step-script.ts'
import { routeStepScripts, stepScriptNames } from './step-scripts.ts'

const noAudio = { audio_url_name: '', audio_name: '', URA_AUDIO_RECORDINGS: '' }

async function callerOf(fake: FakeTicketApi, logged: string[] = []): Promise<StepCaller> {
  return new StepCaller((await openLine(fake, logged)).port)
}

async function identified(fake: FakeTicketApi): Promise<StepCaller> {
  const caller = await callerOf(fake)
  await caller.ask('verify-code', { arguments: ['1001', '4821'] })
  return caller
}

it('every script of the list is served, and no other', () => {
  const router = routeStepScripts(new AgiRouter(), {} as StepDependencies)
  expect(stepScriptNames.map((name) => router.routeOf(name) !== null)).not.toContain(false)
  expect(router.routeOf('remove-user')).toBeNull()
})

describe('verify-user', () => {
  it('knows a user and gives the name as audio', async () => {
    const { variables } = await (
      await callerOf(new FakeTicketApi())
    ).ask('verify-user', { arguments: ['1001'] })
    expect(variables).toMatchObject({
      URA_RESULT: 'ok',
      cod_user: '1001',
      cod_ver: '0',
      audio_url_name: 'http://127.0.0.1/audio/name.wav',
      audio_name: 'name.wav',
      URA_AUDIO_RECORDINGS: 'ura/digit-1&ura/digit-0&ura/digit-0&ura/digit-1',
    })
  })

  it('leaves no trace of the user before, when this one is unknown', async () => {
    const caller = await callerOf(new FakeTicketApi())
    const variables = { cod_user: '1001', cod_ver: '1', audio_url_name: 'http://…', audio_name: 'name.wav' }
    const answer = await caller.ask('verify-user', { arguments: ['9999'], variables })
    expect(answer.variables).toMatchObject({
      URA_RESULT: 'not_found',
      cod_user: '',
      cod_ver: '0',
      ...noAudio,
    })
  })

  it('goes without the name when it can not be had', async () => {
    const userSpeech = (): Promise<never> => Promise.reject(new HelpdeskError('SERVICO_INDISPONIVEL'))
    for (const fake of [
      new FakeTicketApi({ speech: false }),
      new FakeTicketApi({ overrides: { userSpeech } }),
    ]) {
      const { variables } = await (await callerOf(fake)).ask('verify-user', { arguments: ['1001'] })
      expect(variables).toMatchObject({ URA_RESULT: 'ok', cod_user: '1001', ...noAudio })
    }
  })

  it('counts as unknown whoever guesses too often', async () => {
    const verifyUser = (): Promise<never> => Promise.reject(new HelpdeskError('LIMITE_DE_TENTATIVAS'))
    const caller = await callerOf(new FakeTicketApi({ overrides: { verifyUser } }))
    expect((await caller.ask('verify-user', { arguments: ['1001'] })).variables['URA_RESULT']).toBe(
      'not_found',
    )
  })
})

describe('send-code', () => {
  it('says how many digits to read, and where they went', async () => {
    const { variables } = await (
      await callerOf(new FakeTicketApi())
    ).ask('send-code', { arguments: ['1001'] })
    expect(variables).toMatchObject({ URA_RESULT: 'ok', URA_CODE_DIGITS: '4', URA_CODE_CHANNEL: 'whatsapp' })
  })

  it.each([
    ['SEM_TELEFONE', 'undeliverable'],
    ['WHATSAPP_INDISPONIVEL', 'undeliverable'],
    ['LIMITE_DE_CODIGOS', 'limit'],
    ['USUARIO_NAO_ENCONTRADO', 'not_found'],
    ['SERVICO_INDISPONIVEL', 'unavailable'],
  ] as const)('tells %s as %s', async (code, result) => {
    const requestAccessCode = (): Promise<never> => Promise.reject(new HelpdeskError(code))
    const caller = await callerOf(new FakeTicketApi({ overrides: { requestAccessCode } }))
    const { variables } = await caller.ask('send-code', { arguments: ['1001'] })
    expect(variables).toMatchObject({ URA_RESULT: result, URA_CODE_DIGITS: '', URA_CODE_CHANNEL: '' })
  })
})

describe('verify-code', () => {
  it('takes the right code', async () => {
    const caller = await callerOf(new FakeTicketApi())
    const { variables } = await caller.ask('verify-code', { arguments: ['1001', '4821'] })
    expect(variables).toMatchObject({ URA_RESULT: 'ok', cod_ver: '1' })
  })

  it.each([
    ['incorreto', 'wrong', 4],
    ['expirado', 'expired', 0],
    ['bloqueado', 'blocked', 0],
  ] as const)('tells one that is %s as %s, though an earlier one was right', async (motivo, result, left) => {
    const verifyAccessCode: TicketApi['verifyAccessCode'] = async () => {
      return { status: false, motivo, tentativas_restantes: left }
    }
    const caller = await callerOf(new FakeTicketApi({ overrides: { verifyAccessCode } }))
    const request = { arguments: ['1001', '0000'], variables: { cod_ver: '1' } }
    expect((await caller.ask('verify-code', request)).variables).toMatchObject({
      URA_RESULT: result,
      cod_ver: '0',
      URA_TRIES_LEFT: String(left),
    })
  })
})

describe('verify-ticket', () => {
  it('gives the status as audio, and the recording that says it', async () => {
    const caller = await callerOf(new FakeTicketApi())
    expect((await caller.ask('verify-ticket', { arguments: ['1001', '10017'] })).variables).toMatchObject({
      URA_RESULT: 'ok',
      audio_url_name: 'http://127.0.0.1/audio/status.wav',
      audio_name: 'status.wav',
      URA_AUDIO_RECORDINGS: 'ura/status-in-progress',
    })
  })

  it('gives the recording in place of the address when there is no speech', async () => {
    const caller = await callerOf(new FakeTicketApi({ speech: false }))
    expect((await caller.ask('verify-ticket', { arguments: ['1001', '10017'] })).variables).toMatchObject({
      audio_url_name: 'ura/status-in-progress',
      audio_name: '',
    })
  })

  it('does not tell an unknown ticket from somebody else’s', async () => {
    const caller = await callerOf(new FakeTicketApi())
    const { variables } = await caller.ask('verify-ticket', { arguments: ['1001', '10025'] })
    expect(variables).toMatchObject({ URA_RESULT: 'not_found', ...noAudio })
  })
})

describe('open-ticket', () => {
  it('opens one for a caller who keyed the access code in this call', async () => {
    const caller = await identified(new FakeTicketApi())
    expect((await caller.ask('open-ticket', { arguments: ['1001', '2-1'] })).variables).toMatchObject({
      URA_RESULT: 'ok',
      URA_PROTOCOL: '10017',
      audio_url_name: 'http://127.0.0.1/audio/protocol.wav',
      URA_AUDIO_RECORDINGS: 'ura/digit-1&ura/digit-0&ura/digit-0&ura/digit-1&ura/digit-7',
    })
  })

  it('opens none for anybody else, whatever the dialplan says', async () => {
    const fake = new FakeTicketApi()
    await identified(fake)
    const other = await callerOf(fake)
    const stranger = new StepCaller((await openLine(fake)).port, { uniqueId: '1795360431.9' })
    const variables = { cod_user: '1001', cod_ver: '1', URA_PROTOCOL: '10017' }
    const answers = [
      await other.ask('open-ticket', { arguments: ['1002', '2-1'], variables }),
      await stranger.ask('open-ticket', { arguments: ['1001', '2-1'], variables }),
    ]
    for (const answer of answers) {
      expect(answer.variables).toMatchObject({ URA_RESULT: 'not_identified', URA_PROTOCOL: '', ...noAudio })
    }
  })

  it('goes by the call, not by the channel: the linkedid is what codes are bound to', async () => {
    const { port } = await openLine(new FakeTicketApi())
    await new StepCaller(port, { uniqueId: '1.1' }).ask('verify-code', { arguments: ['1001', '4821'] })
    const same = new StepCaller(port, { uniqueId: '1.2', linkedId: '1.1' })
    expect((await same.ask('open-ticket', { arguments: ['1001', '2-1'] })).variables['URA_RESULT']).toBe('ok')
  })

  it('knows a service that is not in the catalogue', async () => {
    const openTicket = (): Promise<never> => Promise.reject(new HelpdeskError('SERVICO_INEXISTENTE'))
    const caller = await callerOf(new FakeTicketApi({ overrides: { openTicket } }))
    const { variables } = await caller.ask('open-ticket', { arguments: ['1001', '9-9'] })
    expect(variables['URA_RESULT']).toBe('unknown_service')
  })
})

describe('check-hours', () => {
  it('says nothing in office hours', async () => {
    const call = (await callerOf(new FakeTicketApi({ open: true }))).begin('check-hours')
    expect((await call.ended).variables).toMatchObject({ URA_RESULT: 'ok', URA_OPEN: '1' })
    expect(call.played).toEqual([])
  })

  it('tells when the team is back outside of them', async () => {
    const call = (await callerOf(new FakeTicketApi({ open: false }))).begin('check-hours')
    expect((await call.ended).variables).toMatchObject({ URA_RESULT: 'ok', URA_OPEN: '0' })
    expect(call.played).toEqual(['ura/out-of-hours', 'http://127.0.0.1/audio/next-opening.wav'])
  })

  it('leaves the question open when nobody knows', async () => {
    const officeHours = (): Promise<never> => Promise.reject(new HelpdeskError('SERVICO_INDISPONIVEL'))
    const caller = await callerOf(new FakeTicketApi({ overrides: { officeHours } }))
    const { variables } = await caller.ask('check-hours', { variables: { URA_OPEN: '1' } })
    expect(variables).toMatchObject({ URA_RESULT: 'unavailable', URA_OPEN: '0' })
  })
})

describe('remove-audio', () => {
  it.each([
    ['name.wav', 'ok'],
    ['other.wav16', 'not_found'],
    ['../name.wav', 'invalid'],
    ['', 'invalid'],
  ])('of "%s" is %s', async (name, result) => {
    const caller = await callerOf(new FakeTicketApi())
    expect((await caller.ask('remove-audio', { arguments: [name] })).variables['URA_RESULT']).toBe(result)
  })
})
