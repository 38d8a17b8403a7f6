import ipaddr from 'ipaddr.js'

/**
 * Whether an address lies in one of the networks (`10.0.0.0/8`, `::1/128`, or a bare address). An IPv4-mapped IPv6
 * address (`::ffff:10.0.0.1`, as a socket listening on `::` reports IPv4 callers) counts as the IPv4 one. What is no
 * address lies nowhere.
 */
export function addressInNetworks(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) {
    return false
  }
  const candidate = ipaddr.process(address)
  return networks.some((network) => {
    const [range, bits] = parseNetwork(network)
    return candidate.kind() === range.kind() && candidate.match(range, bits)
  })
}

function parseNetwork(network: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (network.includes('/')) {
    return ipaddr.parseCIDR(network)
  }
  const address = ipaddr.process(network)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}
