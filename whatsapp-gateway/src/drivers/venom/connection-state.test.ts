import { describe, expect, it } from 'vitest'
import { stateOfSocket, statusOfAck } from './connection-state.ts'

describe('the words of WhatsApp Web', () => {
  it.each([
    ['CONNECTED', 'connected'],
    ['OPENING', 'degraded'],
    ['CONFLICT', 'degraded'],
    ['UNPAIRED', 'logged_out'],
    ['UNPAIRED_IDLE', 'logged_out'],
    ['TOS_BLOCK', 'banned'],
    ['SOMETHING_NEW', null],
    ['constructor', null],
    [null, null],
  ])('%s means %s', (word, state) => {
    expect(stateOfSocket(word)).toBe(state)
  })
})

describe('acknowledgements', () => {
  it.each([
    [-7, 'failed'],
    [-1, 'failed'],
    [0, null],
    [1, 'sent'],
    [2, 'delivered'],
    [3, 'read'],
    [4, 'read'],
    [5, null],
  ])('%i means %s', (ack, status) => {
    expect(statusOfAck(ack)).toBe(status)
  })
})
