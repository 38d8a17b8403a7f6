import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Whether an address lies in one of the networks (`10.0.0.0/8`, `::1/128`, or a bare address). An IPv4-mapped IPv6
 * address (`::ffff:10.0.0.1`, as a socket listening on `::` reports IPv4 callers) counts as the IPv4 one, and so does a
 * network of them (`::ffff:10.0.0.0/104`). The zone of an address (`fe80::1%eth0`) says nothing. What is no address in
 * its usual form lies nowhere: an address with a port, and `0x7f.1` or `2130706433`, which some programs read as one.
 */
export function addressInNetworks(address: string, networks: readonly string[]): boolean {
  if (isIP(address) === 0) {
    return false
  }
  const candidate = ipaddr.process(address)
  return networks.some((network) => {
    const [range, bits] = parsedNetwork(network)
    return candidate.kind() === range.kind() && candidate.match(range, bits)
  })
}

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Networks come from configuration and clients: the same few, asked for in every request. */
const parsedNetworks = new Map<string, [Address, number]>()
const parsedNetworksMax = 1_000

function parsedNetwork(network: string): [Address, number] {
  const known = parsedNetworks.get(network)
  if (known !== undefined) {
    return known
  }
  const parsed = parseNetwork(network)
  if (parsedNetworks.size < parsedNetworksMax) {
    parsedNetworks.set(network, parsed)
  }
  return parsed
}

const mappedPrefixBits = 96

function parseNetwork(network: string): [Address, number] {
  const [text = '', prefix] = network.split('/')
  const address = ipaddr.parse(text)
  const bits = prefix === undefined ? address.toByteArray().length * 8 : Number(prefix)
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= mappedPrefixBits
    ? [address.toIPv4Address(), bits - mappedPrefixBits]
    : [address, bits]
}
