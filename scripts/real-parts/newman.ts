import { join } from 'node:path'
import { ensureNpmPart } from './npm-part.ts'

/** Postman's own runner, or why it can't be had on this machine. */
export type NewmanAvailability =
  | { available: true; executable: string }
  | { available: false; reason: string }

/**
 * Makes sure of newman as `test/postman/newman/package-lock.json` has it: about 10 s the first time, then kept beside
 * the other real parts. Apart from the workspaces because one test needs its 150 packages. Never throws.
 */
export async function ensureNewman(): Promise<NewmanAvailability> {
  const manifestFolder = new URL('../../test/postman/newman/', import.meta.url).pathname
  const part = await ensureNpmPart({ name: 'newman', manifestFolder })
  return part.available
    ? { available: true, executable: join(part.folder, 'node_modules', 'newman', 'bin', 'newman.js') }
    : part
}
