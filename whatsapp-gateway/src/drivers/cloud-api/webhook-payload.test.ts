import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readWebhook } from './webhook-payload.ts'

const own = { phoneNumberId: '106540352242922', channel: 'cloud-api' }
const text = {
  from: '5545999990001',
  id: 'wamid.1',
  timestamp: '1749416383',
  type: 'text',
  text: { body: 'oi' },
}

function bodyOf(value: object, field = 'messages'): string {
  const metadata = { display_phone_number: '+55 45 3333-0000', phone_number_id: own.phoneNumberId }
  return JSON.stringify({ entry: [{ changes: [{ field, value: { metadata, ...value } }] }] })
}

describe('a message in a webhook', () => {
  it('is understood, its raw form kept', () => {
    expect(readWebhook(bodyOf({ messages: [text] }), own).messages).toEqual([
      {
        channel: 'cloud-api',
        id: 'wamid.1',
        from: '+5545999990001',
        sentAt: new Date(1_749_416_383_000),
        kind: 'text',
        text: 'oi',
        isPrivate: true,
        raw: JSON.stringify(text),
      },
    ])
  })

  it.each([
    ['a button', { type: 'button', button: { text: 'Chamado 1' } }, { kind: 'text', text: 'Chamado 1' }],
    [
      'a reply button',
      { type: 'interactive', interactive: { button_reply: { title: 'Sim' } } },
      { kind: 'text', text: 'Sim' },
    ],
    ['an image', { type: 'image' }, { kind: 'media', text: null }],
    ['a reaction', { type: 'reaction' }, { kind: 'reaction', text: null }],
    ['what is new', { type: 'hologram' }, { kind: 'other', text: null }],
    ['a text without a body', { text: {} }, { kind: 'other', text: null }],
    ['a type of the prototype', { type: 'constructor' }, { kind: 'other', text: null }],
    ['a group', { group_id: 'g' }, { isPrivate: false }],
    ['ourselves', { from: '554533330000' }, { isPrivate: false }],
    ['nobody', { from: undefined }, { from: null, isPrivate: false }],
    ['a user name', { from: 'maria.silva' }, { from: null, isPrivate: false }],
  ])('of %s', (_name, changes, wanted) => {
    expect(readWebhook(bodyOf({ messages: [{ ...text, ...changes }] }), own).messages).toMatchObject([wanted])
  })

  it.each([
    ['without an id', { id: undefined }],
    ['without a time', { timestamp: 'today' }],
  ])('%s is counted and left', (_name, changes) => {
    const read = readWebhook(bodyOf({ messages: [{ ...text, ...changes }] }), own)
    expect(read).toEqual({ messages: [], statuses: [], ignored: 1 })
  })
})

describe('a status in a webhook', () => {
  it('is understood', () => {
    const status = {
      id: 'wamid.1',
      status: 'failed',
      timestamp: '1749416383',
      biz_opaque_callback_data: 'outbox-id',
      errors: [{ code: 131_026 }],
    }
    expect(readWebhook(bodyOf({ statuses: [status] }), own).statuses).toEqual([
      {
        providerId: 'wamid.1',
        state: 'failed',
        at: new Date(1_749_416_383_000),
        messageId: 'outbox-id',
        errorCode: 131_026,
      },
    ])
  })

  it('of another kind is counted and left', () => {
    const statuses = [{ id: 'wamid.1', status: 'warning' }]
    expect(readWebhook(bodyOf({ statuses }), own)).toMatchObject({ statuses: [], ignored: 1 })
  })
})

it('of another field or number is counted and left', () => {
  expect(readWebhook(bodyOf({ messages: [text] }, 'account_update'), own).ignored).toBe(1)
  expect(readWebhook(bodyOf({ messages: [text] }), { ...own, phoneNumberId: '1' }).ignored).toBe(1)
})

it('never throws, whatever comes', () => {
  const shapes = fc.oneof(
    fc.json(),
    fc.string(),
    fc.json().map((value) => `{"entry":[{"changes":[${value}]}]}`),
  )
  fc.assert(
    fc.property(shapes, (body) => {
      const { messages, statuses, ignored } = readWebhook(body, own)
      expect(messages.length + statuses.length + ignored).toBeGreaterThan(0)
    }),
  )
})
