import { lookup as resolve } from 'node:dns'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { addressInNetworks } from '../authentication/networks.ts'

/** What became of one attempt: `http_204`, `timeout`, `address_not_allowed`, `connection`. */
export type WebhookResult = `http_${number}` | 'timeout' | 'address_not_allowed' | 'connection'

/** How a message is sent. */
export interface WebhookRequestOptions {
  /** For all of it, from the name's resolution to the answer's head. */
  timeoutMs: number
  /** Networks that are not public and may be called all the same. */
  privateNetworks: readonly string[]
}

/** Of IPv6, what has been assigned (https://www.iana.org/assignments/ipv6-address-space). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

class AddressNotAllowedError extends Error {
  override readonly name = 'AddressNotAllowedError'
}

/**
 * Posts a JSON message. Redirects are not followed, the answer's body is not read, and the address is looked at after
 * the name was resolved, by the very connection that uses it, so that no name can change its mind in between.
 */
export async function postWebhook(
  url: URL,
  message: { headers: Readonly<Record<string, string>>; body: string },
  { timeoutMs, privateNetworks }: WebhookRequestOptions,
): Promise<WebhookResult> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  // A literal address is never resolved.
  if (isIP(host) !== 0 && !isAllowed(host, privateNetworks)) {
    return 'address_not_allowed'
  }
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return await new Promise<WebhookResult>((settle) => {
    const request = send(url, {
      method: 'POST',
      // A connection of its own: none is kept open to an address that was allowed once.
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      lookup: guardedLookup(privateNetworks),
      headers: {
        ...message.headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(message.body),
        'user-agent': 'ura-chamados-webhooks/1',
      },
    })
    request.on('response', (response) => {
      settle(`http_${response.statusCode ?? 0}`)
      response.on('error', () => undefined)
      response.destroy()
    })
    request.on('error', (error) => settle(resultOf(error)))
    // An answer 101 ends the connection with neither a response nor an error.
    request.on('close', () => settle('connection'))
    request.end(message.body)
  })
}

function resultOf(error: Error): WebhookResult {
  if (error instanceof AddressNotAllowedError) {
    return 'address_not_allowed'
  }
  return error.name === 'AbortError' || error.name === 'TimeoutError' ? 'timeout' : 'connection'
}

/** One address that isn't allowed is enough to refuse the name. */
function guardedLookup(privateNetworks: readonly string[]): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? []
      if (error !== null || first === undefined) {
        done(error ?? new Error('The name has no address'), [])
      } else if (addresses.some(({ address }) => !isAllowed(address, privateNetworks))) {
        done(new AddressNotAllowedError('The address is not public'), [])
      } else if (options.all === true) {
        done(null, addresses)
      } else {
        done(null, first.address, first.family)
      }
    })
  }
}

/** Public or named. */
function isAllowed(address: string, privateNetworks: readonly string[]): boolean {
  return isPublic(ipaddr.process(address)) || addressInNetworks(address, privateNetworks)
}

/**
 * ipaddr.js knows the IANA registries of special addresses and calls the rest "unicast": of IPv6 also what was never
 * assigned, and IPv4 addresses in the form of old (`::a9fe:a9fe`, RFC 4291, section 2.5.5.1).
 */
function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const isAssigned = address instanceof ipaddr.IPv4 || address.match(globalUnicast)
  return isAssigned && address.range() === 'unicast'
}
