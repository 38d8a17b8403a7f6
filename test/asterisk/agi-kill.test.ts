import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { encodeWav } from '@ura/api/speech/wav'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { recordFigure } from '../../scripts/test/figures.ts'
import { findInOrder, heardScore } from '../listening/audio-match.ts'
import { noisePrompt, seededRandom, writeNoisePrompts } from '../listening/noise-prompts.ts'
import { type ServerChild, startServerChild } from './agi-server-child.ts'
import type { ServerBooks } from './agi-server-process.ts'
import type { Call } from './call.ts'
import { findAsteriskRoot } from './real-asterisk.ts'
import { neverOpen, startTelephony, type Telephony } from './telephony.ts'
import { waitingCommands } from './waiting-commands.ts'

const root = await findAsteriskRoot()
const crowdSize = 100
/** Calls of the crowd are hung up at some moment of so many milliseconds. */
const crowdMs = 4_000
const commandNames = Object.keys(waitingCommands)

describe.runIf(root !== '')('calls that are cut short on a real Asterisk', () => {
  let soundsFolder: string
  let server: ServerChild
  let telephony: Telephony
  let atRest: ServerBooks

  beforeAll(async () => {
    soundsFolder = await mkdtemp(join(tmpdir(), 'ura-sounds-'))
    await writeSounds(soundsFolder)
    server = await startServerChild()
    atRest = await server.books()
    telephony = await startTelephony({
      root,
      agiServers: [server.address],
      soundsFolder,
      extraExtensions: extensionsOf(server.address),
      openTimes: neverOpen,
    })
  })

  afterAll(async () => {
    await telephony?.stop()
    await server?.kill()
    await rm(soundsFolder, { recursive: true, force: true })
  })

  afterEach(() => telephony.hangUpAll())

  /** Waits until nothing of the calls is left, in the server or in Asterisk. */
  async function expectNothingLeft(): Promise<ServerBooks> {
    await expect
      .poll(() => telephony.uraCommand('core show channels count'), { timeout: 5_000 })
      .toMatch(/^0 active channels/m)
    const { resources, activeCalls, waitingCalls } = atRest
    await expect
      .poll(server.books, { timeout: 2_000 })
      .toMatchObject({ resources, activeCalls, waitingCalls })
    const books = await server.books()
    expect(books.resources).toEqual(atRest.resources)
    expect(books.promises.settled).toBe(books.promises.issued)
    expect(books.errors).toEqual([])
    return books
  }

  it('by the caller in the middle of each command that waits', async () => {
    const outcomes: Record<string, unknown> = {}
    const stopListening = server.onMessage((message) => {
      if (message.kind === 'outcome') outcomes[message.command] = message.outcome
    })
    const calls = []
    for (const [index, name] of commandNames.entries()) {
      const call = await telephony.dial({ callerId: '2001', extension: `${7900 + index}` })
      await call.waitForCommand(waitingCommands[name]!.begins)
      calls.push(call)
    }
    await delay(200) // nothing tells from outside that the last command has got beyond its beginning
    await Promise.all(calls.map((call) => call.hangup()))
    const books = await expectNothingLeft()
    stopListening()
    expect(outcomes).toEqual(
      Object.fromEntries(commandNames.map((name) => [name, waitingCommands[name]!.whenHungUp])),
    )
    expect(books.ended).toEqual({ hangup: commandNames.length })
    // The command itself and SET VARIABLE behind it, each written once.
    expect(books.promises.issued).toBe(2 * commandNames.length)
    expect(books.reported).toBe(2 * commandNames.length)
  })

  // By local channels: the trunk's RTP ports are not enough for so many, nor are two cores for their sound.
  it(`by the callers of ${crowdSize} calls at once, each at a moment of its own`, async () => {
    const random = seededRandom('crowd')
    const before = await server.books()
    const hangups: Promise<string>[] = []
    const stopListening = server.onMessage((message) => {
      if (message.kind !== 'started') return
      // The caller's end of the local channel: so that the hangup comes from the other side, as over a trunk.
      const caller = message.channel.replace(/;2$/, ';1')
      const hangup = delay(random() * crowdMs)
      hangups.push(hangup.then(() => telephony.uraCommand(`channel request hangup ${caller}`)))
    })
    for (let count = 0; count < crowdSize; count += 1) {
      await telephony.uraCommand(
        `channel originate Local/${8000 + count}@office-destinations/n application Wait 60`,
      )
    }
    await expect.poll(() => hangups.length, { timeout: 10_000 }).toBe(crowdSize)
    const { activeCalls } = await server.books()
    await Promise.all(hangups)
    const books = await expectNothingLeft()
    stopListening()
    recordFigure(
      'calls cut short at once on the real Asterisk',
      `${crowdSize}, ${activeCalls} active together; ${books.promises.issued - before.promises.issued} promises, all settled`,
    )
    const endedSince = Object.fromEntries(
      Object.entries(books.ended).map(([outcome, times]) => [outcome, times - (before.ended[outcome] ?? 0)]),
    )
    expect(endedSince).toEqual({ hangup: crowdSize })
    expect(activeCalls).toBeGreaterThan(crowdSize / 4)
    expect(books.reported).toBeGreaterThan(crowdSize)
  })

  /** A server of the test's own, with a call that hears the beginning of its prompt. */
  async function serverInMidPrompt(): Promise<{ doomed: ServerChild; call: Call }> {
    const doomed = await startServerChild()
    await telephony.setGlobal('URA_SERVER1', doomed.address)
    const call = await telephony.dial({ callerId: '2001', extension: '7000', record: true })
    await call.waitForCommand(/^STREAM FILE "ura\/long"/)
    await delay(300) // some of the prompt is heard
    return { doomed, call }
  }

  const apology = ['system-unavailable', 'goodbye']

  async function heardAfterwards(call: Call): Promise<string[]> {
    await call.ended
    const sounds = apology.map((name) => ({ name, sound: noisePrompt(name) }))
    const heard = findInOrder(await call.stopRecording(), sounds)
    return heard.filter(({ score }) => score >= heardScore).map(({ name }) => name)
  }

  it('by the death of the server in the middle of a prompt: the caller hears the apology', async () => {
    const { doomed, call } = await serverInMidPrompt()
    await doomed.kill()
    expect(await heardAfterwards(call)).toEqual(apology)
  })

  it('by a server that closes at once: its process ends by itself, the caller hears the apology', async () => {
    const { doomed, call } = await serverInMidPrompt()
    expect(await doomed.close()).toBe(0)
    expect(await heardAfterwards(call)).toEqual(apology)
  })
})

/** Prompts; and, for calls in the language pt_BR/ura, the same below it with a digit to say. */
async function writeSounds(folder: string): Promise<void> {
  for (const name of ['ura', 'digits']) await mkdir(join(folder, name))
  await writeNoisePrompts(folder, ['digits/1', 'system-unavailable', 'goodbye'])
  for (const place of [folder, join(folder, 'ura')]) {
    await writeFile(join(place, 'long.wav'), encodeWav(noisePrompt('long', 20_000)))
    await writeFile(join(place, 'blip.wav'), encodeWav(noisePrompt('blip', 20)))
  }
}

/** 79xx waits in a command; 8xxx is one of a crowd, told of its hangup in each of the three ways there are. */
function extensionsOf(address: string): string {
  const waits = commandNames.map(
    (name, index) => `
exten => ${7900 + index},1,Answer()
 same => n,Set(CHANNEL(language)=pt_BR/ura)
 same => n,AGI(agi://${address}/waits/${name})
 same => n,Hangup()`,
  )
  return `${waits.join('')}
exten => _8XXX,1,Answer()
 same => n,Set(CHANNEL(language)=pt_BR/ura)
 same => n,Set(AGISIGHUP=\${IF($[\${EXTEN} % 3 = 1]?no:yes)})
 same => n,Set(AGIEXITONHANGUP=\${IF($[\${EXTEN} % 3 = 2]?yes:no)})
 same => n,AGI(agi://${address}/crowd)
 same => n,Hangup()

[slow-subroutine]
exten => s,1,Wait(30)
 same => n,Return()
`
}
