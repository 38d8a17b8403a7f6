import { describe, expect, it } from 'vitest'
import { endpointOf, trustedExtensionOf } from './desk-extension.ts'

describe('the endpoint of a channel', () => {
  it.each([
    ['PJSIP/2001-0000001a', '2001'],
    ['PJSIP/trunk-sp-0000001a', 'trunk-sp'],
    ['Local/2001@from-internal-0000001a;2', null],
    ['AsyncGoto/PJSIP/2001-0000001a', null],
    ['PJSIP/2001-0000001a<ZOMBIE>', null],
    ['SIP/2001-0000001a', null],
    ['IAX2/2001-0000001a', null],
    ['PJSIP/2001', null],
    ['PJSIP/-0000001a', null],
    ['PJSIP/2001-0000001a\n', null],
    ['', null],
  ])('%j: %j', (channel, endpoint) => {
    expect(endpointOf(channel)).toBe(endpoint)
  })
})

describe('a trusted extension', () => {
  const on = { extensionIdentification: 'on', trustedExtensions: ['2XXX'] } as const

  it('is that of a desk phone, and no other endpoint', () => {
    expect(trustedExtensionOf('PJSIP/2001-0000001a', on)).toBe('2001')
    expect(trustedExtensionOf('PJSIP/3001-0000001a', on)).toBeNull()
    expect(trustedExtensionOf('PJSIP/2001-mobile-0000001a', on)).toBeNull()
    expect(trustedExtensionOf('PJSIP/trunk-0000001a', on)).toBeNull()
  })

  it('is none while the policy is off', () => {
    const off = { ...on, extensionIdentification: 'off' } as const
    expect(trustedExtensionOf('PJSIP/2001-0000001a', off)).toBeNull()
  })
})
