import { describe, expect, it } from 'vitest'
import { addressInNetworks } from './networks.ts'

describe('an address in networks', () => {
  it.each([
    ['127.0.0.1', '127.0.0.0/8', true],
    ['128.0.0.1', '127.0.0.0/8', false],
    ['::1', '::1/128', true],
    ['::1', '127.0.0.0/8', false],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['::ffff:11.1.2.3', '10.0.0.0/8', false],
    ['2001:db8::5', '2001:db8::/32', true],
    ['192.168.1.9', '192.168.1.9', true],
    ['192.168.1.10', '192.168.1.9', false],
    ['fe80::1', 'fe80::1', true],
    ['not-an-address', '0.0.0.0/0', false],
    ['', '0.0.0.0/0', false],
    ['10.1.2.3', '::ffff:10.0.0.0/104', true],
    ['::ffff:10.1.2.3', '::ffff:10.0.0.0/104', true],
    ['::ffff:a01:203', '10.0.0.0/8', true],
    ['11.1.2.3', '::ffff:10.0.0.0/104', false],
    ['10.0.0.1', '::ffff:10.0.0.1', true],
    ['10.0.0.1', '::/0', false],
    ['::1', '0.0.0.0/0', false],
    ['fe80::1%eth0', 'fe80::/10', true],
    ['::1%eth0', '::1/128', true],
    ['10.0.0.1%eth0', '0.0.0.0/0', false],
    ['10.0.0.1:443', '0.0.0.0/0', false],
    ['[::1]', '::/0', false],
    ['[::1]:443', '::/0', false],
    ['0x0a.0.0.1', '0.0.0.0/0', false],
    ['0177.0.0.1', '0.0.0.0/0', false],
    ['2130706433', '0.0.0.0/0', false],
    ['127.1', '127.0.0.0/8', false],
    [' 10.0.0.1', '0.0.0.0/0', false],
  ])('%j in %s: %s', (address, network, inside) => {
    expect(addressInNetworks(address, ['203.0.113.0/24', network])).toBe(inside)
  })
})
