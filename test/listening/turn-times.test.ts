import { describe, expect, it } from 'vitest'
import { turnTimesMs } from './turn-times.ts'

const digit = (seconds: number, direction = 'Received') => ({
  Event: 'DTMFEnd',
  Direction: direction,
  Timestamp: seconds.toFixed(6),
})
const command = (seconds: number, text: string) => ({
  Event: 'AGIExecStart',
  Command: text,
  Timestamp: seconds.toFixed(6),
})

describe('turnTimesMs', () => {
  it('measures from the last digit of an input to the prompt that follows, once a turn', () => {
    const events = [
      command(1, 'GET DATA "ura/ask-registration" 7000 10'),
      digit(2),
      digit(2.2),
      command(2.21, 'SET VARIABLE "A" "1"'),
      command(2.25, 'STREAM FILE "ura/access-code-sent" "#"'),
      command(4, 'GET DATA "ura/ask-access-code" 7000 4'),
      digit(5),
      command(5.0035, 'EXEC "Playback" "ura/goodbye"'),
    ]
    expect(turnTimesMs(events).map((ms) => Math.round(ms * 10) / 10)).toEqual([50, 3.5])
  })

  it('does not count digits that Asterisk sent, nor prompts that no digit came before', () => {
    expect(
      turnTimesMs([
        command(1, 'STREAM FILE "ura/main-menu" ""'),
        digit(2, 'Sent'),
        command(3, 'SAY DIGITS 1 ""'),
      ]),
    ).toEqual([])
  })
})
