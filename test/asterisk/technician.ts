import type { Ari } from './ari.ts'
import { officeSounds } from './telephony-configuration.ts'

/** One call that reached the technician, as the display of the phone showed it. */
export type TechnicianCall = {
  callerName: string
  callerNumber: string
  answered: boolean
  /** When the caller has been told `technicianVoice`, at least once in whole; never, if the call wasn't answered. */
  spoken: Promise<void>
  /** When the call was over on this side. */
  ended: Promise<void>
}

/** The technician behind the queue: a phone of the office that answers, or lets it ring. */
export type Technician = {
  /** Whether the next calls are answered; true at first. When answered, the caller hears `technicianVoice`. */
  answers: boolean
  /** All calls so far, the oldest first. */
  readonly calls: readonly TechnicianCall[]
  /**
   * The next call that comes, or one that came and wasn't asked for yet.
   *
   * @throws Error after `timeoutMs`, default 10 s.
   */
  nextCall: (timeoutMs?: number) => Promise<TechnicianCall>
}

/** Lets a technician answer the calls that the exchange under test sends to the office. */
export function createTechnician(ari: Ari): Technician {
  const calls: TechnicianCall[] = []
  const spoken = new Map<string, () => void>()
  const endings = new Map<string, () => void>()
  let asked = 0
  let wake = Promise.withResolvers<void>()
  const technician: Technician = {
    answers: true,
    calls,
    nextCall: async (timeoutMs = 10_000) => {
      const deadline = AbortSignal.timeout(timeoutMs)
      const expired = Promise.withResolvers<void>()
      deadline.addEventListener('abort', () => expired.resolve())
      while (calls.length <= asked && !deadline.aborted) await Promise.race([wake.promise, expired.promise])
      const call = calls[asked]
      if (call === undefined) throw new Error(`no call reached the technician within ${timeoutMs} ms`)
      asked += 1
      return call
    },
  }

  ari.onEvent((event) => {
    if (event.type === 'PlaybackFinished') spoken.get(event.playback?.target_uri ?? '')?.()
    if (event.channel === undefined) return
    const { id, caller } = event.channel
    if (event.type === 'StasisEnd') endings.get(id)?.()
    if (event.type !== 'StasisStart' || event.args?.[0] !== 'technician') return
    const speech = Promise.withResolvers<void>()
    const end = Promise.withResolvers<void>()
    spoken.set(`channel:${id}`, speech.resolve)
    endings.set(id, end.resolve)
    const { answers } = technician
    calls.push({
      callerName: caller.name,
      callerNumber: caller.number,
      answered: answers,
      spoken: speech.promise,
      ended: end.promise,
    })
    wake.resolve()
    wake = Promise.withResolvers()
    // A caller who hangs up meanwhile takes the channel away: that isn't this technician's fault.
    void pickUp(ari, { id, answers }).catch(() => {})
  })
  return technician
}

async function pickUp(ari: Ari, call: { id: string; answers: boolean }): Promise<void> {
  await ari.request('POST', `channels/${call.id}/ring`)
  if (!call.answers) return
  await ari.request('POST', `channels/${call.id}/answer`)
  // Twice: the beginning of the first may be over before the two calls are joined.
  const media = `sound:${officeSounds}/technician`
  await ari.request('POST', `channels/${call.id}/play`, { query: { media: `${media},${media}` } })
}
