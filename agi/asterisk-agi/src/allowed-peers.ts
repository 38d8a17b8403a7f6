import { BlockList, isIP } from 'node:net'
import { AgiArgumentError } from './errors.ts'

/**
 * Which peers may connect.
 *
 * @param networks Addresses or CIDR networks, IPv4 or IPv6, as '10.1.0.0/16', '192.168.7.5', 'fd00::/8'. An IPv4 one
 *   takes its IPv4-mapped form too.
 * @returns Whether an address, as of a socket, is in one of them; undefined is in none.
 * @throws AgiArgumentError naming what is no address and no network.
 */
export function allowedPeers(networks: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList()
  for (const network of networks) addNetwork(list, network)
  return (address = '') => {
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4')
  }
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', bits, ...rest] = network.split('/')
  const version = isIP(address)
  const bitsMax = version === 6 ? 128 : 32
  const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax)
  if (version === 0 || !isPrefix || rest.length > 0) {
    throw new AgiArgumentError(`'${network}' is neither an address nor a network as 10.0.0.0/8`)
  }
  list.addSubnet(address, bits === undefined ? bitsMax : Number(bits), version === 6 ? 'ipv6' : 'ipv4')
}
