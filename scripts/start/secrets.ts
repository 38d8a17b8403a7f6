import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '@ura/core/configuration'

/** Secrets that the services need and nobody should have to invent for a first try. */
const names = ['API_SECRET', 'HELPDESK_API_TOKEN', 'GATEWAY_TOKEN', 'GATEWAY_ADMIN_TOKEN'] as const
export type Secrets = Record<(typeof names)[number], string>

/**
 * The secrets of a data folder: those of the environment where set, the others made at first start and kept in
 * `secrets.json`, readable by the owner alone.
 * @throws Error when the file is there and makes no sense; nothing is overwritten then.
 */
export function ensureSecrets(dataFolder: string, environment: Environment): Secrets {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const path = join(dataFolder, 'secrets.json')
  const kept = existsSync(path) ? readSecrets(path) : {}
  const complete = Object.fromEntries(
    names.map((name) => [name, kept[name] ?? randomBytes(32).toString('base64url')]),
  ) as Secrets
  if (names.some((name) => kept[name] === undefined)) {
    writeFileSync(path, `${JSON.stringify(complete, null, 2)}\n`, { mode: 0o600 })
  }
  chmodSync(path, 0o600)
  const given = Object.fromEntries(
    names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  )
  return { ...complete, ...given }
}

function readSecrets(path: string): Partial<Secrets> {
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text) as Partial<Secrets>
  } catch (error) {
    throw new Error(`${path} is damaged: put it right, or remove it to have new secrets made`, {
      cause: error,
    })
  }
}
