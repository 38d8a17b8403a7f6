import { describe, expect, it } from 'vitest'
import { allowedPeers } from './allowed-peers.ts'
import { AgiArgumentError } from './errors.ts'

describe('allowed peers', () => {
  it('are single addresses and networks of both families, IPv4-mapped ones included', () => {
    const isAllowed = allowedPeers(['10.1.0.0/16', '192.168.7.5', 'fd00::/8', '::1'])
    const inside = ['10.1.255.1', '192.168.7.5', '::ffff:10.1.0.9', 'fd12::1', '::1']
    const outside = ['10.2.0.1', '192.168.7.6', '::ffff:10.2.0.1', 'fe80::1', '127.0.0.1', '', 'host']
    expect(inside.filter((address) => !isAllowed(address))).toEqual([])
    expect(outside.filter(isAllowed)).toEqual([])
    expect(isAllowed(undefined)).toBe(false)
  })

  it('are nobody when the list is empty', () => {
    expect(allowedPeers([])('127.0.0.1')).toBe(false)
  })

  it.each(['', '10.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::/129', 'host', '10.0.0.0/x'])(
    'refuse %j',
    (network) => {
      expect(() => allowedPeers([network])).toThrow(AgiArgumentError)
    },
  )
})
