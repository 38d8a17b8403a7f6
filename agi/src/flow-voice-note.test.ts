import { HelpdeskError } from '@ura/core/errors'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { describe, expect, it } from 'vitest'
import { AudioSocketPeer, countedSamples } from './testing/audio-socket-peer.ts'
import { FakeTicketApi } from './testing/fake-ticket-api.ts'
import { ScriptedCaller } from './testing/scripted-caller.ts'
import type { FinishedCall, TelephoneOptions } from './testing/telephone.ts'
import { openLine } from './testing/test-call.ts'
import { waveFile } from './voice-note/wave-file.ts'

const identified = '1 1001# 4821 1 2 1'
const environment = { VOICE_NOTES: 'true', AUDIOSOCKET_PORT: '0' }
const module = 'IFMODULE(app_audiosocket.so)'

/** What an Asterisk with AudioSocket does: connects, waits for the tone, speaks, and ends as the caller does. */
class AudioSocketApplication {
  readonly played: Buffer[] = []
  #turns: ((peer: AudioSocketPeer) => Promise<void> | void)[]

  /** @param turns What the caller does each time; when they are used up, nothing until the service ends it. */
  constructor(...turns: ((peer: AudioSocketPeer) => Promise<void> | void)[]) {
    this.#turns = turns
  }

  run = async (argument: string): Promise<number> => {
    const [uuid = '', address = ''] = argument.split(',')
    const peer = await AudioSocketPeer.open(Number(address.split(':')[1]), uuid)
    await this.#turns.shift()?.(peer)
    await peer.closed
    this.played.push(peer.heard)
    return peer.isDismissed ? 0 : -1
  }
}

/**
 * The tone has been heard. It is sent 60 ms ahead at most, and the service's timer for its end, which runs in this same
 * process, is due before this one.
 */
async function afterTone(peer: AudioSocketPeer): Promise<void> {
  await expect.poll(() => peer.heard.length).toBe(4_800)
  await new Promise((resolve) => setTimeout(resolve, 150))
}

/** Speaks behind the tone, then keys `#`. */
const speaks = (seconds: number) => async (peer: AudioSocketPeer) => {
  await afterTone(peer)
  peer.say(countedSamples(seconds))
  peer.press('#')
}
const listens = () => {}
const hangsUp = (seconds: number) => async (peer: AudioSocketPeer) => {
  await afterTone(peer)
  peer.say(countedSamples(seconds))
  peer.end()
}

async function call(
  keys: string,
  options: { fake?: FakeTicketApi; asterisk?: AudioSocketApplication; telephone?: TelephoneOptions } = {},
): Promise<FinishedCall & { fake: FakeTicketApi }> {
  const { fake = new FakeTicketApi(), asterisk = new AudioSocketApplication() } = options
  const line = await openLine(fake, [], environment)
  const finished = await line.telephone.call(keys, {
    applications: { AudioSocket: asterisk.run },
    variables: { [module]: '1' },
    linkedId: '17.5',
    ...options.telephone,
  })
  await expect.poll(async () => (await line.spooled()).pending, { timeout: 10_000 }).toBe(0)
  return { ...finished, fake }
}

const opened = ['ticket-opened', 'protocol.wav', 'protocol.wav', 'after-ticket']

describe('describing the problem', () => {
  it('comes behind the service; what was said goes to the ticket when the caller keeps it', async () => {
    const asterisk = new AudioSocketApplication(speaks(1.5))
    const { heard, fake, unusedKeys } = await call(`${identified} 1 1`, { asterisk })
    expect(heard.slice(heard.indexOf('services-2.wav') + 1)).toEqual([
      'voice-note-offer',
      'voice-note-notice',
      'voice-note-begin',
      'voice-note-review',
      'voice-note-kept',
      ...opened,
    ])
    expect(unusedKeys).toEqual([])
    expect(fake.voiceNotes).toEqual([waveFile(countedSamples(1.5))])
    expect(fake.asked.at(-1)).toEqual([
      'addVoiceNote',
      expect.stringMatching(/^1001 10017 17\.5\/\w{8}\/voice-note-1$/),
    ])
  })

  it('is no duty: 2 and no key at all go on', async () => {
    for (const keys of ['2', '- - -']) {
      const { heard, fake } = await call(`${identified} ${keys}`)
      expect(heard.slice(-4)).toEqual(opened)
      expect(heard).not.toContain('voice-note-notice')
      expect(fake.voiceNotes).toEqual([])
    }
  })

  it('can be heard and made anew', async () => {
    const asterisk = new AudioSocketApplication(speaks(1), listens, speaks(2), listens)
    const { heard, fake } = await call(`${identified} 1 2 3 2 1`, { asterisk })
    expect(heard.filter((name) => name === 'voice-note-begin')).toHaveLength(2)
    expect(asterisk.played[1]).toEqual(countedSamples(1))
    expect(asterisk.played[3]).toEqual(countedSamples(2))
    expect(fake.voiceNotes).toEqual([waveFile(countedSamples(2))])
  })

  it('takes the key that stops it being heard as the answer', async () => {
    const asterisk = new AudioSocketApplication(speaks(2), (peer) => peer.press('1'))
    const { heard, fake } = await call(`${identified} 1 2`, { asterisk })
    expect(heard).toContain('voice-note-kept')
    expect(fake.voiceNotes).toHaveLength(1)
  })

  it('is asked for again when nothing was said', async () => {
    const asterisk = new AudioSocketApplication(speaks(0.2), speaks(1))
    const { heard, fake } = await call(`${identified} 1 1`, { asterisk })
    expect(heard.join(' ')).toContain(
      'voice-note-notice voice-note-begin voice-note-empty voice-note-begin voice-note-review',
    )
    expect(fake.voiceNotes).toHaveLength(1)
  })

  it('is kept when nobody answers whether to', async () => {
    const { fake } = await call(`${identified} 1 - - -`, { asterisk: new AudioSocketApplication(speaks(1)) })
    expect(fake.voiceNotes).toHaveLength(1)
  })
})

describe('hanging up', () => {
  it('while speaking keeps the ticket, and what was said', async () => {
    const fake = new FakeTicketApi()
    const asterisk = new AudioSocketApplication(hangsUp(1.5))
    await call(`${identified} 1`, { fake, asterisk })
    expect(fake.voiceNotes).toEqual([waveFile(countedSamples(1.5))])
    await expect
      .poll(() => fake.records)
      .toMatchObject([{ resultado: 'ticket_opened', protocolos: ['10017'] }])
  })

  it('at the review keeps it as well', async () => {
    const { fake } = await call(`${identified} 1`, { asterisk: new AudioSocketApplication(speaks(1)) })
    expect(fake.voiceNotes).toEqual([waveFile(countedSamples(1))])
  })

  it('while making it anew keeps nothing of what was to be replaced', async () => {
    const fake = new FakeTicketApi()
    const line = await openLine(fake, [], environment)
    const asterisk = new AudioSocketApplication(speaks(1), (peer) => {
      caller.hangup()
      peer.end()
    })
    const scripted = new ScriptedCaller({
      groups: `${identified} 1 3`.split(' '),
      newestCode: async () => null,
    })
    const caller = line.telephone.dial(
      { asked: scripted.asked },
      { applications: { AudioSocket: asterisk.run }, variables: { [module]: '1' } },
    )
    await caller.ended
    await expect.poll(() => fake.records).toMatchObject([{ resultado: 'ticket_opened' }])
    expect([scripted.unused, asterisk.played.length, await line.spooled()]).toMatchObject([
      [],
      2,
      { pending: 0, dead: 0 },
    ])
    expect(fake.voiceNotes).toEqual([])
  })

  it('before anything was said keeps the ticket alone', async () => {
    const { fake } = await call(identified)
    expect(fake.voiceNotes).toEqual([])
    await expect.poll(() => fake.records).toMatchObject([{ resultado: 'ticket_opened' }])
  })
})

describe('the ticket goes on without it', () => {
  it('and nothing is offered when Asterisk has no such module', async () => {
    const { heard } = await call(identified, { telephone: { variables: {} } })
    expect(heard.at(-4)).toBe('ticket-opened')
    expect(heard).not.toContain('voice-note-offer')
  })

  it.each([
    ['there is no such application', {}],
    ['Asterisk can not connect', { AudioSocket: () => -1 }],
  ])('when %s', async (_what, applications) => {
    const { heard, fake } = await call(`${identified} 1`, { telephone: { applications } })
    expect(heard.slice(-6)).toEqual(['voice-note-begin', 'voice-note-failed', ...opened])
    expect(fake.voiceNotes).toEqual([])
  })

  it('and both follow when the API is away', async () => {
    let isAway = true
    const failWhenAway = (): void => {
      if (isAway) {
        throw new HelpdeskError('SERVICO_INDISPONIVEL')
      }
    }
    const openTicket: TicketApi['openTicket'] = async () => {
      failWhenAway()
      return { status: true, protocolo: '10020', url: null, nome_audio: null }
    }
    const fake = new FakeTicketApi({ overrides: { openTicket } })
    const asterisk = new AudioSocketApplication(speaks(1))
    const { heard } = await call(`${identified} 1 1`, {
      fake,
      asterisk,
      telephone: {
        hears: (file) => {
          isAway &&= file !== 'ura/goodbye'
        },
      },
    })
    expect(heard.slice(-3)).toEqual(['voice-note-kept', 'ticket-registered-offline', 'goodbye'])
    expect(fake.asked.at(-1)).toEqual(['addVoiceNote', expect.stringContaining('1001 10020')])
    expect(fake.voiceNotes).toEqual([waveFile(countedSamples(1))])
  })
})
