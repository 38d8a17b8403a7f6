import ipaddr from 'ipaddr.js'

/**
 * Whether an address lies in one of the networks (`10.0.0.0/8`, `::1/128`, or a bare address). An IPv4-mapped IPv6
 * address (`::ffff:10.0.0.1`, as a socket listening on `::` reports IPv4 callers) counts as the IPv4 one. What is no
 * address lies nowhere.
 */
export function addressInNetworks(address: string, networks: readonly string[]): boolean {
  const candidate = parseAddress(address)
  return (
    candidate !== null &&
    networks.some((network) => {
      const [range, bits] = parsedNetwork(network)
      return candidate.kind() === range.kind() && candidate.match(range, bits)
    })
  )
}

type Address = ipaddr.IPv4 | ipaddr.IPv6

function parseAddress(address: string): Address | null {
  try {
    return ipaddr.process(address)
  } catch {
    return null
  }
}

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

function parseNetwork(network: string): [Address, number] {
  if (network.includes('/')) {
    return ipaddr.parseCIDR(network)
  }
  const address = ipaddr.process(network)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}
