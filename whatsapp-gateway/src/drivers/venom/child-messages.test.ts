import { describe, expect, it } from 'vitest'
import { parseCommand, parseEvent, toLine } from './child-messages.ts'

describe('a line from the child', () => {
  it('is understood when it is an event', () => {
    const event = { type: 'ack', id: 'true_554599990001@c.us_A', ack: 2 } as const
    expect(parseEvent(toLine(event).trim())).toEqual(event)
  })

  it.each([
    '',
    'nonsense',
    'null',
    '[]',
    '{"type":"ready","more":1}',
    '{"type":"shout"}',
    '{"type":"ack","id":"","ack":1}',
    '{"type":"ack","id":"a","ack":1e9}',
    '{"type":"qr","image":"data:text/html;base64,AAAA"}',
    '{"type":"qr","image":"javascript:alert(1)"}',
    `{"type":"qr","image":"data:image/png;base64,${'A'.repeat(70_000)}"}`,
    `{"type":"answer","request":1,"value":"${'x'.repeat(201)}"}`,
    '{"type":"failed","reason":"because"}',
  ])('is refused when it is %.60s', (line) => {
    expect(parseEvent(line)).toBeNull()
  })
})

describe('a line from the gateway', () => {
  it.each(['', '{"type":"send","request":1,"chatId":"","text":"oi"}', '{"type":"send","request":0}'])(
    'is refused when it is %j',
    (line) => {
      expect(parseCommand(line)).toBeNull()
    },
  )
})
