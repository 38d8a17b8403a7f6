import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { PcmAudio } from '@ura/api/speech/synthesizer'
import { decodeWav } from '@ura/api/speech/wav'
import type { Ami, AmiMessage } from './ami.ts'
import { type Ari, AriError, type AriEvent } from './ari.ts'
import { callHeader, officeSounds, phoneApplication } from './telephony-configuration.ts'

type RecordFormat = 'wav' | 'wav16'

/** Who calls what. */
export type DialOptions = {
  /** The caller's number, as the trunk tells it. */
  callerId: string
  /** 7000: the helpdesk; 7001: the same by Gosub; others as the test defined them. */
  extension: string
  /** Which endpoint of the exchange under test takes the call: the trunk's (default) or that of desk phone 2001. */
  from?: 'trunk' | 'desk'
  /** Begins to record what the caller hears at the moment of the answer; default false. */
  record?: boolean
  /** Asterisk's format of the recording: `wav` (8,000 Hz, the default) or `wav16`. */
  recordFormat?: RecordFormat
  /**
   * Records by the clock; default false. Where nothing is played nothing is sent, and an ordinary recording, made of what
   * was sent, has no silence there.
   */
  recordSilences?: boolean
}

/** One call, at the caller's end. */
export type Call = {
  /** The channel of this call in the exchange under test, as AMI names it, and its unique id. */
  readonly uraChannel: string
  readonly uraUniqueId: string
  /** The AMI events of that channel so far, the oldest first. */
  readonly uraEvents: readonly AmiMessage[]
  /**
   * Keys digits as RFC 4733 events; resolves when the last has been sent. Defaults: 100 ms a digit, 100 ms between
   * digits.
   */
  press: (digits: string, timing?: { digitMs?: number; betweenMs?: number }) => Promise<void>
  /**
   * Waits for the next event of this call in the exchange under test: one after the event that the last `wait…` gave.
   *
   * @throws Error naming `what` after `timeoutMs`, default 10 s, with the newest events.
   */
  waitForUraEvent: (
    what: string,
    matches: (event: AmiMessage) => boolean,
    timeoutMs?: number,
  ) => Promise<AmiMessage>
  /** Waits until the FastAGI server begins a command that matches (as `GET OPTION "ura/main-menu" …`). */
  waitForCommand: (pattern: RegExp, timeoutMs?: number) => Promise<AmiMessage>
  /** Says the technician's noise into the phone (`technicianVoice`); resolves when it is over. Not while recording: ARI does one after the other. */
  speak: () => Promise<void>
  /** Begins to record what the caller hears. */
  startRecording: () => Promise<void>
  /** Ends the recording, or takes it up after the call's end, and gives it. */
  stopRecording: () => Promise<PcmAudio>
  /** Sends a text message within the call (a SIP MESSAGE). */
  sendText: (text: string) => Promise<void>
  hangup: () => Promise<void>
  /** When the call is over, whoever ended it: the Q.850 cause. */
  readonly ended: Promise<{ cause: number }>
}

const answerTimeoutMs = 10_000
const eventTimeoutMs = 10_000

/** Gives the function that makes calls from the office into the exchange under test. */
export function createDialer(ends: {
  ari: Ari
  office: Ami
  ura: Ami
  /** The folder where the office's ARI puts its recordings. */
  recordings: string
}): (options: DialOptions) => Promise<Call> {
  const { ari, office, ura, recordings } = ends
  return async ({
    callerId,
    extension,
    from = 'trunk',
    record = false,
    recordFormat = 'wav',
    ...options
  }) => {
    const id = randomUUID()
    const trace = traceUraChannel(ura, id)
    const answered = nextAriEvent(ari, id, 'StasisStart')
    const destroyed = nextAriEvent(ari, id, 'ChannelDestroyed')
    const ended = destroyed.then((event) => ({ cause: event.cause ?? 0 }))
    void ended.finally(trace.stopSoon)
    await ari.request('POST', 'channels', {
      query: {
        endpoint: `PJSIP/${extension}@${from === 'desk' ? 'ura-desk' : 'ura'}`,
        app: phoneApplication,
        appArgs: 'caller',
        callerId,
        channelId: id,
      },
      body: { variables: { [`PJSIP_HEADER(add,${callHeader})`]: id } },
    })
    const lost = ended.then(({ cause }) => {
      throw new Error(`the call to ${extension} ended with cause ${cause} before it was answered`)
    })
    lost.catch(() => {})
    const start = await Promise.race([within(answerTimeoutMs, `an answer from ${extension}`, answered), lost])
    const officeChannel = start.channel?.name ?? ''

    const heardBy = options.recordSilences === true ? () => snoopOn(ari, id) : async () => id
    // As any phone, this one sends sound all the time.
    const sendSound = () => ari.request('POST', `channels/${id}/silence`)
    const recorder = createRecorder({ ari, id, recordings, format: recordFormat, heardBy, sendSound })
    try {
      // Answer() waits for the phone's first sound, 500 ms at most (main/channel.c): a phone that says nothing before it
      // records misses nothing of the first prompt, however slow this process is meanwhile.
      if (record) await recorder.start()
      else await sendSound()
    } catch (error) {
      // A call that the other side ended at once is no fault of the dialling.
      if (!(error instanceof AriError && [404, 409].includes(error.status))) throw error
    }
    const channel = await within(eventTimeoutMs, 'the trace of the call', trace.found)
    return {
      uraChannel: channel['Channel'] ?? '',
      uraUniqueId: channel['Uniqueid'] ?? '',
      uraEvents: trace.events,
      waitForUraEvent: trace.waitForEvent,
      waitForCommand: (pattern, timeoutMs) =>
        trace.waitForEvent(
          `command ${pattern}`,
          (event) => event['Event'] === 'AGIExecStart' && pattern.test(event['Command'] ?? ''),
          timeoutMs,
        ),
      press: async (digits, { digitMs = 100, betweenMs = 100 } = {}) => {
        for (const [index, digit] of Array.from(digits).entries()) {
          if (index > 0) await delay(betweenMs)
          // Not by ARI, whose digits wait until a recording of the same channel is over (seen on 22.10.1).
          await office.send({
            Action: 'PlayDTMF',
            Channel: officeChannel,
            Digit: digit,
            Duration: String(digitMs),
          })
        }
      },
      speak: async () => {
        const { promise, resolve } = Promise.withResolvers<void>()
        const stopListening = ari.onEvent((event) => {
          if (event.type === 'PlaybackFinished' && event.playback?.target_uri === `channel:${id}`) resolve()
        })
        await ari.request('POST', `channels/${id}/play`, {
          query: { media: `sound:${officeSounds}/technician` },
        })
        await within(eventTimeoutMs, 'an end of what was said', promise).finally(stopListening)
      },
      startRecording: recorder.start,
      stopRecording: recorder.stop,
      sendText: async (text) => {
        await office.send({ Action: 'SendText', Channel: officeChannel, Message: text })
      },
      hangup: async () => {
        await ari.request('DELETE', `channels/${id}`)
        await ended
      },
      ended,
    }
  }
}

/** A channel that hears what another one is sent, in time: 20 ms of silence wherever nothing is (res_stasis_snoop.c). */
async function snoopOn(ari: Ari, id: string): Promise<string> {
  const snoopId = randomUUID()
  const started = nextAriEvent(ari, snoopId, 'StasisStart')
  await ari.request('POST', `channels/${id}/snoop/${snoopId}`, {
    query: { spy: 'in', app: phoneApplication },
  })
  await within(eventTimeoutMs, 'a channel to record by', started)
  return snoopId
}

/** Keeps what a recording needs: where it goes, and whether Asterisk has finished it. */
function createRecorder(options: {
  ari: Ari
  id: string
  recordings: string
  format: RecordFormat
  /** Gives the channel whose sound is what the caller hears. */
  heardBy: () => Promise<string>
  /** Makes the phone send sound when it doesn't record: while it does, `transmit_silence` of the office has it send some. */
  sendSound: () => Promise<unknown>
}): {
  start: () => Promise<void>
  stop: () => Promise<PcmAudio>
} {
  const { ari, id, recordings, format, heardBy, sendSound } = options
  let count = 0
  let current: { name: string; finished: Promise<void> } | undefined
  return {
    start: async () => {
      count += 1
      const name = `${id}-${count}`
      const { promise: finished, resolve } = Promise.withResolvers<void>()
      const stopListening = ari.onEvent((event) => {
        if (event.recording?.name !== name || event.type === 'RecordingStarted') return
        stopListening()
        resolve()
      })
      await ari.request('POST', `channels/${await heardBy()}/record`, { query: { name, format } })
      current = { name, finished }
      // A recording ends what a phone sent before it (app.c); ARI does this when the recording is over.
      await sendSound()
    },
    stop: async () => {
      if (current === undefined) throw new Error('nothing is being recorded')
      const { name, finished } = current
      // 404 when the call's end has already ended it.
      await ari.request('POST', `recordings/live/${name}/stop`).catch(() => {})
      await within(eventTimeoutMs, 'the end of the recording', finished)
      return decodeWav(await readFile(join(recordings, `${name}.${format}`)))
    },
  }
}

type Trace = {
  found: Promise<AmiMessage>
  events: AmiMessage[]
  waitForEvent: Call['waitForUraEvent']
  /** The office knows of the end: events that are still on their way from the other exchange are taken. */
  stopSoon: () => void
}

/** Follows the channel that announces itself with this call's id: all its events, also those before that. */
function traceUraChannel(ura: Ami, id: string): Trace {
  const all: AmiMessage[] = []
  const events: AmiMessage[] = []
  const { promise: found, resolve: setFound } = Promise.withResolvers<AmiMessage>()
  let uniqueId: string | undefined
  let taken = 0
  let wake = Promise.withResolvers<void>()
  const stop = ura.onEvent((event) => {
    if (uniqueId === undefined) all.push(event)
    if (event['Event'] === 'UserEvent' && event['Call'] === id) {
      uniqueId = event['Uniqueid']
      events.push(...all.splice(0).filter((earlier) => earlier['Uniqueid'] === uniqueId))
      setFound(event)
    } else if (uniqueId !== undefined && event['Uniqueid'] === uniqueId) {
      events.push(event)
      if (event['Event'] === 'Hangup') stop()
    }
    wake.resolve()
    wake = Promise.withResolvers()
  })
  const waitForEvent: Call['waitForUraEvent'] = async (what, matches, timeoutMs = eventTimeoutMs) => {
    const expired = Promise.withResolvers<void>()
    const timer = setTimeout(() => expired.resolve(), timeoutMs)
    const deadlineMs = performance.now() + timeoutMs
    try {
      for (;;) {
        const index = events.findIndex((event, place) => place >= taken && matches(event))
        const event = events[index]
        if (event !== undefined) {
          taken = index + 1
          return event
        }
        if (performance.now() >= deadlineMs) break
        await Promise.race([wake.promise, expired.promise])
      }
    } finally {
      clearTimeout(timer)
    }
    const newest = events.slice(-12).map(summary)
    throw new Error(`no ${what} within ${timeoutMs} ms; newest events:\n${newest.join('\n')}`)
  }
  return { found, events, waitForEvent, stopSoon: () => void setTimeout(stop, eventTimeoutMs).unref() }
}

const tellingHeaders = [
  'Event',
  'Variable',
  'Value',
  'Application',
  'AppData',
  'Command',
  'Result',
  'Digit',
  'UserEvent',
]

function summary(event: AmiMessage): string {
  return tellingHeaders.flatMap((name) => event[name] ?? []).join(' ')
}

function nextAriEvent(ari: Ari, channelId: string, type: string): Promise<AriEvent> {
  const { promise, resolve } = Promise.withResolvers<AriEvent>()
  const stopListening = ari.onEvent((event) => {
    if (event.type !== type || event.channel?.id !== channelId) return
    stopListening()
    resolve(event)
  })
  return promise
}

async function within<T>(timeoutMs: number, what: string, awaited: Promise<T>): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no ${what} within ${timeoutMs} ms`)), timeoutMs)
  try {
    return await Promise.race([awaited, expired])
  } finally {
    clearTimeout(timer)
  }
}
