import { isIP } from 'node:net'
import type { Setting } from './configuration.ts'
import { isMysqlUrl } from './database/mysql-session.ts'

interface Described {
  description: string
}
interface WithDefault<T> extends Described {
  default?: T
}

/** A free text of 1 to 2,000 characters. */
export function text(variable: string, options: WithDefault<string>): Setting<string> {
  return setting(variable, options, options.default, (value) => {
    if (value.length > 2_000) {
      throw new Error('is longer than 2,000 characters')
    }
    return value
  })
}

/** A secret of 16 to 500 visible ASCII characters, as a token in a header may have; no default, never shown. */
export function secret(variable: string, options: Described): Setting<string> {
  return {
    ...setting(variable, options, undefined, (value) => {
      if (value.length < 16) {
        throw new Error('is a secret of fewer than 16 characters')
      }
      // No longer than a token in a header may be.
      if (value.length > 500) {
        throw new Error('is a secret of more than 500 characters')
      }
      if (!/^[\x21-\x7e]+$/.test(value)) {
        throw new Error('is a secret with a space, an accent or another character that no token can have')
      }
      return value
    }),
    secret: true,
  }
}

/** A whole number within inclusive bounds. */
export function integer(
  variable: string,
  options: WithDefault<number> & { min: number; max: number },
): Setting<number> {
  return setting(variable, options, options.default, (value) => {
    const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= options.min && number <= options.max)) {
      throw new Error(`must be a whole number from ${options.min} to ${options.max}`)
    }
    return number
  })
}

/** A TCP port; 0 means: pick a free one and print it. */
export function port(variable: string, options: WithDefault<number>): Setting<number> {
  return integer(variable, { ...options, min: 0, max: 65_535 })
}

/** One of the given words. */
export function choice<const T extends string>(
  variable: string,
  options: WithDefault<T> & { words: readonly T[] },
): Setting<T> {
  return setting(variable, options, options.default, (value) => {
    const word = options.words.find((candidate) => candidate === value)
    if (word === undefined) {
      throw new Error(`must be one of: ${options.words.join(', ')}`)
    }
    return word
  })
}

/** An absolute http(s) address; given back without a trailing slash. */
export function httpUrl(variable: string, options: WithDefault<string>): Setting<string> {
  return setting(variable, options, options.default, (value) => {
    const url = URL.canParse(value) ? new URL(value) : null
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
      throw new Error('must be an absolute address, as http://127.0.0.1:3000')
    }
    return value.replace(/\/+$/, '')
  })
}

/** A database's `mysql://user:password@host:port/database`; never shown, since it may hold a password. */
export function mysqlUrl(variable: string, options: Described): Setting<string> {
  return {
    ...setting(variable, options, undefined, (value) => {
      if (!isMysqlUrl(value)) {
        throw new Error('must be mysql://user:password@host:port/database (percent-encoded)')
      }
      return value
    }),
    secret: true,
  }
}

/** A comma-separated list of IPv4/IPv6 networks, as `127.0.0.0/8,::1/128`; a bare address is a network of one. */
export function networks(variable: string, options: WithDefault<string>): Setting<readonly string[]> {
  return setting(variable, options, options.default, (value) => {
    const list = value.split(',').map((item) => item.trim())
    const bad = list.find((item) => !isNetwork(item))
    if (bad !== undefined) {
      throw new Error(`has "${bad}", which is no network as 10.0.0.0/8 or ::1/128`)
    }
    return list
  })
}

/** `true` or `false`. Default: false. */
export function flag(variable: string, options: WithDefault<boolean>): Setting<boolean> {
  return setting(variable, options, String(options.default ?? false), (value) => {
    if (value !== 'true' && value !== 'false') {
      throw new Error('must be true or false')
    }
    return value === 'true'
  })
}

/** The same setting, undefined when unset. */
export function optional<T>(required: Setting<T>): Setting<T | undefined> {
  return {
    ...required,
    defaultText: '',
    parse: (value) => (value === '' ? undefined : required.parse(value)),
  }
}

/** An IANA time zone, as `America/Sao_Paulo`. */
export function timeZone(variable: string, options: WithDefault<string>): Setting<string> {
  return setting(variable, options, options.default, (value) => {
    try {
      new Date(0).toLocaleString('en', { timeZone: value })
    } catch {
      throw new Error('is no IANA time zone, as America/Sao_Paulo')
    }
    return value
  })
}

/** Whether the text is an address or an address with a prefix length. */
export function isNetwork(item: string): boolean {
  const [address = '', prefix, ...rest] = item.split('/')
  const family = isIP(address)
  const bitsMax = family === 4 ? 32 : 128
  return (
    family !== 0 &&
    rest.length === 0 &&
    (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bitsMax))
  )
}

function setting<T>(
  variable: string,
  options: Described,
  defaultValue: string | number | undefined,
  parse: (text: string) => T,
): Setting<T> {
  return {
    variable,
    description: options.description,
    secret: false,
    defaultText: defaultValue === undefined ? undefined : String(defaultValue),
    parse,
  }
}
