import type { Setting } from './configuration.ts'

/** Numbers of extensions by a pattern each: `2XXX`, `2[0-4]XX`, `2001`. */
export type ExtensionPatterns = readonly string[]

const patternsMax = 200
const place = /[0-9XZN]|\[(?:[0-9]|[0-9]-[0-9])+\]/g
const wholePattern = /^(?:[0-9XZN]|\[(?:[0-9]|[0-9]-[0-9])+\]){1,20}$/

const digitsOf: Readonly<Record<string, string>> = { X: '[0-9]', Z: '[1-9]', N: '[2-9]' }

/**
 * Whether a pattern can be used: as Asterisk writes them, without the leading `_`. Each place is a digit, `X` (0–9), `Z`
 * (1–9), `N` (2–9) or digits in brackets, as `[15-7]`. The wildcards `.` and `!` are refused: what they let in nobody
 * can see from the pattern.
 */
export function isExtensionPattern(pattern: string): boolean {
  return (
    wholePattern.test(pattern) &&
    [...pattern.matchAll(/([0-9])-([0-9])/g)].every(([, first = '', last = '']) => first <= last)
  )
}

/** Whether one of the patterns is that of this whole number. */
export function matchesExtension(patterns: ExtensionPatterns, number: string): boolean {
  return patterns.some((pattern) => {
    const places = pattern.match(place)?.map((part) => digitsOf[part] ?? part) ?? []
    return places.length > 0 && new RegExp(`^${places.join('')}$`).test(number)
  })
}

/** A comma-separated list of extension patterns; empty by default, at most 200. */
export function extensionPatterns(
  variable: string,
  { description }: { description: string },
): Setting<ExtensionPatterns> {
  return {
    variable,
    description,
    secret: false,
    defaultText: '',
    parse(value) {
      const list = value === '' ? [] : value.split(',').map((item) => item.trim().replace(/^_/, ''))
      const bad = list.find((item) => !isExtensionPattern(item))
      if (bad !== undefined) {
        throw new Error(`has "${bad}", which is no extension as 2001 or 2XXX`)
      }
      if (list.length > patternsMax) {
        throw new Error(`has more than ${patternsMax} extensions`)
      }
      return list
    },
  }
}

/** The settings of identification by extension, the same for the service that answers calls and for the ticket API. */
export const extensionSettings = {
  extensionIdentification: {
    variable: 'EXTENSION_IDENTIFICATION',
    description:
      'on: a call from a trusted extension on file for one person skips the access code after the name is confirmed; both services need it',
    secret: false,
    defaultText: 'off',
    parse(value: string): 'off' | 'on' {
      if (value !== 'off' && value !== 'on') {
        throw new Error('must be one of: off, on')
      }
      return value
    },
  },
  trustedExtensions: extensionPatterns('TRUSTED_EXTENSIONS', {
    description: "PJSIP endpoints of desk phones, as 2XXX,3[0-4]XX; never a trunk's",
  }),
} as const

/** What is wrong between the two. */
export function extensionFaults(config: {
  extensionIdentification: 'off' | 'on'
  trustedExtensions: ExtensionPatterns
}): string[] {
  return config.extensionIdentification === 'on' && config.trustedExtensions.length === 0
    ? ['TRUSTED_EXTENSIONS is empty, so EXTENSION_IDENTIFICATION=on would identify nobody']
    : []
}

/** Whether the policy trusts the endpoint that Asterisk authenticated to say who calls. */
export function isTrustedExtension(
  config: { extensionIdentification: 'off' | 'on'; trustedExtensions: ExtensionPatterns },
  extension: string,
): boolean {
  return config.extensionIdentification === 'on' && matchesExtension(config.trustedExtensions, extension)
}
