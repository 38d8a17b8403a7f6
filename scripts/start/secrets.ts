import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '@ura/core/configuration'
import { StartupError } from '@ura/core/service'

/** Secrets that the services need and nobody should have to invent for a first try. */
const names = ['API_SECRET', 'HELPDESK_API_TOKEN', 'GATEWAY_TOKEN', 'GATEWAY_ADMIN_TOKEN'] as const
export type Secrets = Record<(typeof names)[number], string>

/**
 * The secrets of a data folder: those of the environment where set, the others made at first start and kept in
 * `secrets.json`, readable by the owner alone.
 * @throws StartupError when the file is there and makes no sense; nothing is overwritten then.
 */
export function ensureSecrets(dataFolder: string, environment: Environment): Secrets {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const path = secretsPath(dataFolder)
  const kept = readSecrets(path)
  if (names.some((name) => kept[name] === undefined)) {
    const complete = { ...secretsOf(() => randomBytes(32).toString('base64url')), ...kept }
    writeFileSync(path, `${JSON.stringify(complete, null, 2)}\n`, { mode: 0o600 })
  }
  chmodSync(path, 0o600)
  return secretsOf((name) => findSecret(name, dataFolder, environment))
}

/**
 * One secret that a start on this data folder uses; makes none.
 * @throws StartupError when neither the environment nor the folder has it.
 */
export function findSecret(name: keyof Secrets, dataFolder: string, environment: Environment): string {
  const path = secretsPath(dataFolder)
  const secret = environment[name] || readSecrets(path)[name]
  if (secret === undefined) {
    throw new StartupError(`${name} is neither in the environment nor in ${path}`)
  }
  return secret
}

function secretsPath(dataFolder: string): string {
  return join(dataFolder, 'secrets.json')
}

function secretsOf(secret: (name: keyof Secrets) => string): Secrets {
  return Object.fromEntries(names.map((name) => [name, secret(name)])) as Secrets
}

function readSecrets(path: string): Partial<Secrets> {
  if (!existsSync(path)) {
    return {}
  }
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text) as Partial<Secrets>
  } catch (error) {
    throw new StartupError(`${path} is damaged: put it right, or remove it to have new secrets made`, {
      cause: error,
    })
  }
}
