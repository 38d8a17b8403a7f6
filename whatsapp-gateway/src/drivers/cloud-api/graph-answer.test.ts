import { expect, it } from 'vitest'
import { judgeAnswer } from './graph-answer.ts'

const accepted = { messages: [{ id: 'wamid.1' }] }
const refused = { error: { code: 131_026, message: 'x' } }

it.each([
  [200, accepted, { kind: 'accepted', providerId: 'wamid.1' }],
  [200, null, { kind: 'unclear' }],
  [200, { messages: [] }, { kind: 'unclear' }],
  [200, { messages: [{ id: '' }] }, { kind: 'unclear' }],
  [200, { messages: [{ id: 'w'.repeat(301) }] }, { kind: 'unclear' }],
  [400, refused, { kind: 'error', code: 131_026 }],
  [500, refused, { kind: 'error', code: 131_026 }],
  [500, null, { kind: 'unclear' }],
  [502, 'Bad Gateway', { kind: 'unclear' }],
  [408, null, { kind: 'unclear' }],
  [404, '<html>', { kind: 'error', code: null }],
  [302, null, { kind: 'error', code: null }],
  [400, { error: { code: '131026' } }, { kind: 'error', code: null }],
  [400, { error: null }, { kind: 'error', code: null }],
])('HTTP %i with %j is %j', (statusCode, body, verdict) => {
  expect(judgeAnswer({ statusCode, body, retryAfterMs: null })).toEqual(verdict)
})
