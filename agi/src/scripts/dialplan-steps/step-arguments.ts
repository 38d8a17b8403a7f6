import type { AgiEnvironment } from 'asterisk-agi'

/** What a step script may be given, and what of it is well formed: the API's own bounds. */
const forms = {
  /** Registration code. */
  user: /^\d{1,12}$/,
  /** Access code. */
  code: /^\d{1,8}$/,
  /** Protocol number. */
  ticket: /^\d{1,18}$/,
  /** Stable service code, or the keypad's form as `2-3`. */
  service: /^[a-z0-9][a-z0-9-]{0,63}$/,
  /** `audio_name` of an earlier step. */
  audio: /^[\w-]{1,128}\.\w{1,8}$/,
} as const

export type ArgumentName = keyof typeof forms

export type StepArguments<N extends ArgumentName> =
  | { values: Readonly<Record<N, string>> }
  /** The first one that is missing or malformed; its value is told nowhere, since callers key access codes. */
  | { faulty: N }

/**
 * Reads the arguments of a script: the first of `names` is agi_arg_1, and so on; one that is missing or empty there is
 * looked for in the address's query under its name (`agi://host/verify-user?user=1001`).
 */
export function readStepArguments<N extends ArgumentName>(
  environment: Pick<AgiEnvironment, 'arguments' | 'query'>,
  names: readonly N[],
): StepArguments<N> {
  const values: Partial<Record<N, string>> = {}
  for (const [index, name] of names.entries()) {
    const value = (environment.arguments[index] || environment.query.get(name)) ?? ''
    if (!forms[name].test(value)) {
      return { faulty: name }
    }
    values[name] = value
  }
  return { values: values as Record<N, string> }
}

/** `step` of the query: 1 to 9999, what the dialplan counts so that a step asked for twice is done once; else null. */
export function readStepNumber({ query }: Pick<AgiEnvironment, 'query'>): number | null {
  const text = query.get('step') ?? ''
  return /^[1-9]\d{0,3}$/.test(text) ? Number(text) : null
}
