import type { AmiMessage } from '../asterisk/ami.ts'
import { beginsToPlay } from '../listening/turn-times.ts'

/** What was seen of one call, in ms of the machine's clock, by Asterisk's own timestamps. */
interface SeenCall {
  channel: string
  sessions: { server: string; fromMs: number; toMs: number }[]
  /** From when on the caller has been waiting for a sound: the answer, or a key. Null while something is played. */
  waitingSinceMs: number | null
  /** The longest wait for a sound so far. */
  silentMs: number
  apologyAtMs: number | null
  queueAtMs: number | null
  musicAtMs: number | null
  hangupAtMs: number
}

/** A call that was on a server when that was killed. */
export interface InterruptedCall {
  channel: string
  /** From the server's death to the apology; null when the caller hung up before it could begin. */
  silentMs: number | null
  /** What the caller should have heard and didn't, in plain words. */
  faults: string[]
}

/** The apology is over by then. */
const apologyMsMax = 6_000

/** Follows every call of an exchange by its AMI events: what servers it was on, and what its caller heard. */
export class CallWatch {
  readonly #calls = new Map<string, SeenCall>()

  /** Takes one AMI event of any channel. */
  readonly take = (event: AmiMessage): void => {
    const { Uniqueid: channel = '', Event: kind, Application: application = '', AppData: data = '' } = event
    if (channel === '') return
    const atMs = Number(event['Timestamp']) * 1_000
    const call = this.#call(channel)
    if (kind === 'Newexten') takeStep(call, { application, data, atMs })
    if (kind === 'DTMFEnd' && event['Direction'] === 'Received') call.waitingSinceMs = atMs
    if (kind === 'MusicOnHoldStart') call.musicAtMs ??= atMs
    if (kind === 'MusicOnHoldStart' || beginsToPlay(event)) heard(call, atMs)
    if (kind === 'Hangup') {
      endSession(call, atMs)
      call.hangupAtMs = atMs
    }
  }

  /** How many calls are on a server now. */
  callsOn(server: string): number {
    const isThere = ({ sessions }: SeenCall): boolean =>
      sessions.some((session) => session.server === server && session.toMs === Infinity)
    return [...this.#calls.values()].filter(isThere).length
  }

  /** The calls that were on a server when it was killed, and what became of them. */
  interruptedBy(kill: { server: string; atMs: number }, silenceMaxMs: number): InterruptedCall[] {
    const wasThere = ({ sessions }: SeenCall): boolean =>
      sessions.some(
        ({ server, fromMs, toMs }) => server === kill.server && fromMs < kill.atMs && kill.atMs < toMs,
      )
    return [...this.#calls.values()].filter(wasThere).map((call) => ({
      channel: call.channel,
      silentMs: call.apologyAtMs === null ? null : call.apologyAtMs - kill.atMs,
      faults: faultsOf(call, kill.atMs, silenceMaxMs),
    }))
  }

  /** The longest that each caller waited for a sound: after the answer, or after a key. */
  silencesMs(): number[] {
    return [...this.#calls.values()].map(({ silentMs }) => silentMs)
  }

  #call(channel: string): SeenCall {
    const known = this.#calls.get(channel)
    if (known !== undefined) return known
    const call: SeenCall = {
      channel,
      sessions: [],
      waitingSinceMs: null,
      silentMs: 0,
      apologyAtMs: null,
      queueAtMs: null,
      musicAtMs: null,
      hangupAtMs: Infinity,
    }
    this.#calls.set(channel, call)
    return call
  }
}

function takeStep(call: SeenCall, step: { application: string; data: string; atMs: number }): void {
  const { application, data, atMs } = step
  endSession(call, atMs)
  if (application === 'Set' && data.startsWith('CHANNEL(language)')) call.waitingSinceMs = atMs // just answered
  const server = application === 'AGI' ? /^agi:\/\/([^/]+)\//.exec(data)?.[1] : undefined
  if (server !== undefined) call.sessions.push({ server, fromMs: atMs, toMs: Infinity })
  if (application === 'Queue') call.queueAtMs ??= atMs
  if (application === 'Playback') {
    heard(call, atMs)
    if (data === 'ura/system-unavailable') call.apologyAtMs ??= atMs
  }
}

function endSession(call: SeenCall, atMs: number): void {
  const session = call.sessions.at(-1)
  if (session !== undefined) session.toMs = Math.min(session.toMs, atMs)
}

function heard(call: SeenCall, atMs: number): void {
  if (call.waitingSinceMs === null) return
  call.silentMs = Math.max(call.silentMs, atMs - call.waitingSinceMs)
  call.waitingSinceMs = null
}

/** A caller who hangs up before something is due misses nothing. */
function faultsOf(call: SeenCall, killedAtMs: number, silenceMaxMs: number): string[] {
  const { channel, apologyAtMs, queueAtMs, musicAtMs, hangupAtMs } = call
  const apologyDueMs = killedAtMs + silenceMaxMs
  if (apologyAtMs === null || apologyAtMs > apologyDueMs) {
    return hangupAtMs < apologyDueMs ? [] : [`${channel} heard no apology in time`]
  }
  const queueDueMs = apologyAtMs + apologyMsMax
  if (queueAtMs === null || queueAtMs > queueDueMs) {
    return hangupAtMs < queueDueMs ? [] : [`${channel} did not get to the queue after the apology`]
  }
  const musicDueMs = queueAtMs + silenceMaxMs
  const hasMusic = musicAtMs !== null && musicAtMs <= musicDueMs
  return hasMusic || hangupAtMs < musicDueMs ? [] : [`${channel} heard nothing in the queue`]
}
