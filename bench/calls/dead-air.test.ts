import { describe, expect, it } from 'vitest'
import { DeadAir } from './dead-air.ts'

const digit = (channel: string, atS: number) => ({
  Event: 'DTMFEnd',
  Direction: 'Received',
  Uniqueid: channel,
  Timestamp: String(atS),
})
const command = (channel: string, atS: number, text: string) => ({
  Event: 'AGIExecStart',
  Command: text,
  Uniqueid: channel,
  Timestamp: String(atS),
})
const step = (channel: string, atS: number, application: string) => ({
  Event: 'Newexten',
  Application: application,
  Uniqueid: channel,
  Timestamp: String(atS),
})

function turnsOf(events: Parameters<DeadAir['take']>[0][]): number[] {
  const deadAir = new DeadAir()
  for (const event of events) deadAir.take(event)
  return deadAir.takeTurnsMs()
}

describe('dead air', () => {
  it('is what lies between a digit and the next sound of the same call, whoever plays it', () => {
    const turns = turnsOf([
      digit('a', 10),
      digit('b', 10.125),
      command('b', 10.25, 'STREAM FILE "ura/x" "1"'),
      step('a', 10.5, 'Read'),
    ])
    expect(turns).toEqual([125, 500])
  })

  it('goes on through commands that make no sound, and begins anew with the next digit', () => {
    const turns = turnsOf([
      digit('a', 10),
      command('a', 10.25, 'WAIT FOR DIGIT 50'),
      step('a', 10.25, 'GotoIf'),
      digit('a', 11),
      command('a', 11.5, 'GET OPTION "ura/x" "1" 7000'),
    ])
    expect(turns).toEqual([500])
  })

  it('of a caller who has hung up is none', () => {
    expect(turnsOf([digit('a', 10), { Event: 'Hangup', Uniqueid: 'a' }, step('a', 11, 'Playback')])).toEqual(
      [],
    )
  })
})
