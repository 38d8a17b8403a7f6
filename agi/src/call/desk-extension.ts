import { isTrustedExtension } from '@ura/core/extension-patterns'
import type { AgiConfiguration } from '../config.ts'

/** Which extensions may say who calls. */
export type ExtensionPolicy = Pick<AgiConfiguration, 'extensionIdentification' | 'trustedExtensions'>

/**
 * The endpoint that Asterisk authenticated for a channel (`PJSIP/2001-0000001a`; chan_pjsip.c names each so). Null for
 * whatever has another form: Local channels of forwarded calls, channels that are being replaced, other drivers.
 */
export function endpointOf(channel: string): string | null {
  return /^PJSIP\/([^\s/]{1,80})-[0-9a-f]{8}$/.exec(channel)?.[1] ?? null
}

/** The extension that a channel's endpoint is, when the policy trusts it; never the number that the caller shows. */
export function trustedExtensionOf(channel: string, policy: ExtensionPolicy): string | null {
  const endpoint = endpointOf(channel)
  return endpoint !== null && isTrustedExtension(policy, endpoint) ? endpoint : null
}
