import type { AmiMessage } from '../../test/asterisk/ami.ts'
import { beginsToPlay } from '../../test/listening/turn-times.ts'

const playingApplications = new Set(['Read', 'BackGround', 'Playback'])

/**
 * Dead air of many calls at once: from the end of a caller's digit as Asterisk received it (DTMFEnd) to the start of the
 * next FastAGI command or dialplan application that plays, by Asterisk's own timestamps (`timestampevents=yes`).
 */
export class DeadAir {
  readonly #digitAtMs = new Map<string, number>()
  #turnsMs: number[] = []

  /** Takes one AMI event of any channel. */
  readonly take = (event: AmiMessage): void => {
    const channel = event['Uniqueid'] ?? ''
    const atMs = Number(event['Timestamp']) * 1_000
    if (event['Event'] === 'DTMFEnd' && event['Direction'] === 'Received') {
      this.#digitAtMs.set(channel, atMs)
    } else if (event['Event'] === 'Hangup') {
      this.#digitAtMs.delete(channel)
    } else if (beginsToPlay(event) || isPlayingApplication(event)) {
      const digitAtMs = this.#digitAtMs.get(channel)
      if (digitAtMs !== undefined) this.#turnsMs.push(atMs - digitAtMs)
      this.#digitAtMs.delete(channel)
    }
  }

  /** The turns since the last time this was asked, in ms; a digit that nothing was played after is none. */
  takeTurnsMs(): number[] {
    const turns = this.#turnsMs
    this.#turnsMs = []
    return turns
  }
}

function isPlayingApplication(event: AmiMessage): boolean {
  return event['Event'] === 'Newexten' && playingApplications.has(event['Application'] ?? '')
}
