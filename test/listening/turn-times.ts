import type { AmiMessage } from '../asterisk/ami.ts'

const playingCommand = /^(STREAM FILE|CONTROL STREAM FILE|GET DATA|GET OPTION|SAY |EXEC "?Playback)/i

/** Whether an AMI event is the start of a FastAGI command that plays. */
export function beginsToPlay(event: AmiMessage): boolean {
  return event['Event'] === 'AGIExecStart' && playingCommand.test(event['Command'] ?? '')
}

/**
 * The times from a caller's last digit to the beginning of the next prompt, in ms: for each turn of one call, from the
 * end of the digit as Asterisk received it (DTMFEnd) to the start of the next command that plays (AGIExecStart). Needs
 * `timestampevents=yes`.
 *
 * @param events AMI events of one channel in their order.
 */
export function turnTimesMs(events: readonly AmiMessage[]): number[] {
  const times: number[] = []
  let lastDigitAt: number | undefined
  for (const event of events) {
    const atMs = Number(event['Timestamp']) * 1_000
    if (event['Event'] === 'DTMFEnd' && event['Direction'] === 'Received') {
      lastDigitAt = atMs
    } else if (beginsToPlay(event)) {
      if (lastDigitAt !== undefined) times.push(atMs - lastDigitAt)
      lastDigitAt = undefined
    }
  }
  return times
}
