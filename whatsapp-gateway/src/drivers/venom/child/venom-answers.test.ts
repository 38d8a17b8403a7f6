import { describe, expect, it } from 'vitest'
import {
  ackEvent,
  failureReason,
  lookupOutcome,
  messageEvent,
  qrEvent,
  sendOutcome,
} from './venom-answers.ts'

describe('what venom answers to a lookup', () => {
  it.each([
    [
      { status: 200, numberExists: true, id: { _serialized: '554599990001@c.us' } },
      { value: '554599990001@c.us' },
    ],
    [{ status: 404, numberExists: false }, { refusal: 'not_on_whatsapp' }],
    // The connection is away: nobody knows about the number.
    [{ status: 404, numberExists: null, connection: 'OPENING' }, { refusal: 'lookup_failed' }],
    [new Error('Execution context was destroyed'), { refusal: 'lookup_failed' }],
    [undefined, { refusal: 'lookup_failed' }],
  ])('%j', (result, wanted) => {
    expect(lookupOutcome(result)).toEqual(wanted)
  })
})

describe('what venom answers to a send', () => {
  it.each([
    [{ me: {}, to: { _serialized: 'true_1' }, erro: false, text: 'oi', status: 'OK' }, { value: 'true_1' }],
    [{ erro: true, status: 404, text: 'It is necessary to number' }, { refusal: 'not_sent' }],
    [
      { erro: true, status: {}, text: 'The message was not sent', to: { _serialized: 'true_1' } },
      { refusal: 'outcome_unknown' },
    ],
    [{ erro: false }, { refusal: 'outcome_unknown' }],
    [new Error('Target closed'), { refusal: 'outcome_unknown' }],
    [undefined, { refusal: 'outcome_unknown' }],
  ])('%j', (result, wanted) => {
    expect(sendOutcome(result)).toEqual(wanted)
  })
})

describe('what venom tells', () => {
  it('an acknowledgement names its message', () => {
    expect(ackEvent({ id: { _serialized: 'true_1' }, ack: -1 })).toEqual({
      type: 'ack',
      id: 'true_1',
      ack: -1,
    })
    expect([ackEvent({ ack: 1 }), ackEvent(null), ackEvent({ id: { _serialized: 'a' }, ack: '1' })]).toEqual([
      null,
      null,
      null,
    ])
  })

  it('a message is bounded, and a picture left where it is', () => {
    const text = messageEvent({ id: 'false_1', from: '1@c.us', type: 'chat', body: 'x'.repeat(9_000), t: 5 })
    expect(text).toMatchObject({ kind: 'text', sentAtSeconds: 5, isPrivate: true })
    expect(text?.text).toHaveLength(4_096)
    const picture = messageEvent({
      id: { _serialized: 'false_2' },
      from: '1@c.us',
      type: 'image',
      body: 'base64',
    })
    expect(picture).toMatchObject({ kind: 'media', text: null, id: 'false_2' })
    expect(picture?.raw).not.toContain('base64')
  })

  it.each([
    { from: '1-2@g.us' },
    { from: 'status@broadcast' },
    { from: '1@c.us', isGroupMsg: true },
    { from: '1@c.us', fromMe: true },
    {},
  ])('%j is nobody writing to us', (fields) => {
    expect(messageEvent({ id: 'a', type: 'chat', body: 'oi', ...fields })).toMatchObject({ isPrivate: false })
  })

  it('a QR is a picture or nothing', () => {
    expect(qrEvent('data:image/png;base64,AAAA')).toMatchObject({ type: 'qr' })
    expect([
      qrEvent('data:,'),
      qrEvent(undefined),
      qrEvent(`data:image/png;base64,${'A'.repeat(70_000)}`),
    ]).toEqual([null, null, null])
  })

  it.each([
    ['Not Logged', 'not_logged_in'],
    ['Error when trying to access the page: "https://web.whatsapp.com"', 'page_unreachable'],
    ['Error no open browser....', 'browser'],
    [new TypeError('x is not a function'), 'other'],
  ])('a failed start: %s', (error, reason) => {
    expect(failureReason(error)).toBe(reason)
  })
})
