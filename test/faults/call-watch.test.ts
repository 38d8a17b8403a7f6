import { describe, expect, it } from 'vitest'
import type { AmiMessage } from '../asterisk/ami.ts'
import { CallWatch } from './call-watch.ts'

const silenceMaxMs = 2_500
const kill = { server: '127.0.0.1:1', atMs: 20_000 }

function event(kind: string, atS: number, more: AmiMessage = {}): AmiMessage {
  return { Event: kind, Uniqueid: 'call', Timestamp: String(atS), ...more }
}
const step = (application: string, data: string, atS: number): AmiMessage =>
  event('Newexten', atS, { Application: application, AppData: data })
const session = step('AGI', 'agi://127.0.0.1:1/helpdesk,start,1', 10)
const apology = (atS: number): AmiMessage => step('Playback', 'ura/system-unavailable', atS)
const queue = (atS: number): AmiMessage => step('Queue', 'suporte-ti,,,,60', atS)

function watched(...events: AmiMessage[]): CallWatch {
  const watch = new CallWatch()
  for (const each of events) watch.take(each)
  return watch
}

function faults(...events: AmiMessage[]): string[] {
  return watched(...events)
    .interruptedBy(kill, silenceMaxMs)
    .flatMap((call) => call.faults)
}

describe('a call on a server that is killed', () => {
  it('is as it should be with the apology, the queue and its music', () => {
    const events = [session, apology(20.5), queue(24), event('MusicOnHoldStart', 24.25), event('Hangup', 60)]
    expect(faults(...events)).toEqual([])
    expect(watched(...events).interruptedBy(kill, silenceMaxMs)).toMatchObject([{ silentMs: 500 }])
  })

  it.each([
    ['the apology', [session, event('Hangup', 60)], 'heard no apology'],
    ['the apology in time', [session, apology(23), event('Hangup', 60)], 'heard no apology'],
    ['the queue', [session, apology(20.5), event('Hangup', 60)], 'did not get to the queue'],
    ['music', [session, apology(20.5), queue(24), event('Hangup', 60)], 'heard nothing in the queue'],
  ])('is a fault without %s', (_what, events, fault) => {
    expect(faults(...events)).toEqual([expect.stringContaining(fault)])
  })

  it('misses nothing when its caller hangs up before it is due', () => {
    expect(faults(session, event('Hangup', 21))).toEqual([])
    expect(faults(session, apology(20.5), event('Hangup', 22))).toEqual([])
  })

  it('is not one that was over, or on the other server', () => {
    const other = step('AGI', 'agi://127.0.0.1:2/helpdesk,start,1', 10)
    expect(watched(other).interruptedBy(kill, silenceMaxMs)).toEqual([])
    expect(watched(session, event('Hangup', 19)).interruptedBy(kill, silenceMaxMs)).toEqual([])
  })
})

describe('the silence of a call', () => {
  it('is the longest from the answer or a key to the next sound', () => {
    const watch = watched(
      step('Set', 'CHANNEL(language)=pt_BR', 10),
      event('AGIExecStart', 10.5, { Command: 'GET OPTION "ura/main-menu" "1" 7000' }),
      event('DTMFEnd', 12, { Direction: 'Received' }),
      event('AGIExecStart', 13, { Command: 'STREAM FILE "ura/x" "1"' }),
    )
    expect(watch.silencesMs()).toEqual([1_000])
  })
})
