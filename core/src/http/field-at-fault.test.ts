import { describe, expect, it } from 'vitest'
import { fieldAtFault } from './field-at-fault.ts'

const missing = (field: string, instancePath = '') => ({
  instancePath,
  params: { requiredProperties: [field] },
})

describe('the field at fault', () => {
  it('is named with its path', () => {
    expect(fieldAtFault([{ instancePath: '/etapas/0/em', params: {} }], 'body')).toBe('etapas.0.em')
  })

  it('is the one that is missing or that nobody asked for', () => {
    expect(fieldAtFault([missing('expiresAt', '/otp')], 'body')).toBe('otp.expiresAt')
    expect(fieldAtFault([{ params: { additionalProperties: ['extra'] } }], 'body')).toBe('extra')
  })

  it('is the innermost of several', () => {
    expect(fieldAtFault([{ instancePath: '/otp' }, { instancePath: '/otp/code' }], 'body')).toBe('otp.code')
  })

  it('is a header in its usual spelling', () => {
    expect(fieldAtFault([{ instancePath: '/idempotency-key' }], 'headers')).toBe('Idempotency-Key')
    expect(fieldAtFault([{ instancePath: '/idempotency-key' }], 'body')).toBe('idempotency-key')
  })

  it('is told in no more than 100 characters', () => {
    expect(fieldAtFault([{ params: { additionalProperties: ['x'.repeat(9_000)] } }], 'body')).toHaveLength(
      100,
    )
  })

  it('is none when the body as a whole is wrong', () => {
    expect(fieldAtFault([{ instancePath: '', params: { type: 'object' } }], 'body')).toBeNull()
    expect(fieldAtFault([], 'body')).toBeNull()
  })
})
