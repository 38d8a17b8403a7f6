import { ensureNpmPart, type NpmPartAvailability } from './npm-part.ts'

/**
 * Makes sure of venom-bot as `whatsapp-gateway/venom/package-lock.json` has it: about 40 s the first time, then kept
 * beside the other real parts. Never throws.
 */
export function ensureVenom(): Promise<NpmPartAvailability> {
  const manifestFolder = new URL('../../whatsapp-gateway/venom/', import.meta.url).pathname
  return ensureNpmPart({ name: 'venom', manifestFolder })
}
