import { describe, expect, it } from 'vitest'
import { leaks, type SoakBooks } from './soak-books.ts'

const perProcess = { 'FastAGI service': 10, 'ticket API': 10, gateway: 10, Asterisk: 10 }
const atRest: SoakBooks = {
  channels: 0,
  agiCalls: 0,
  agiRecords: 0,
  sockets: perProcess,
  files: perProcess,
  codes: 0,
  sessions: 1,
}

describe('leaks', () => {
  it('are none when there is as much as before, or less', () => {
    expect(leaks(atRest, atRest)).toEqual([])
    expect(leaks(atRest, { ...atRest, sockets: { ...perProcess, gateway: 9 } })).toEqual([])
  })

  it('are told one by one', () => {
    const after = { ...atRest, channels: 2, codes: 1, files: { ...perProcess, Asterisk: 12 } }
    expect(leaks(atRest, after)).toEqual([
      'channels: 0 → 2',
      'access codes: 0 → 1',
      'open files of Asterisk: 10 → 12',
    ])
  })
})
