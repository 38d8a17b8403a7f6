import { checkKeySet } from '../dtmf.ts'
import { AgiArgumentError } from '../errors.ts'

/** Asterisk reads its integers into a C int. */
export const INT_MAX = 2_147_483_647

/** @throws AgiArgumentError when `value` is no integer from `min` to `max`. */
export function integer(verb: string, value: number, { min, max }: { min: number; max: number }): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw new AgiArgumentError(`A number is not within ${min} to ${max}`, { command: verb })
}

/**
 * A time or count that is cut to what Asterisk can hold: Infinity and everything above `max` become `max`.
 *
 * @throws AgiArgumentError below `min`, for a fraction and for NaN.
 */
export function clamped(verb: string, value: number, { min, max }: { min: number; max: number }): number {
  return integer(verb, value > max ? max : value, { min, max })
}

/** A time in ms, cut to some 24 days. @throws AgiArgumentError below `min`, for a fraction and for NaN. */
export function milliseconds(verb: string, value: number, min = 0): number {
  return clamped(verb, value, { min, max: INT_MAX })
}

/** @throws AgiArgumentError for an empty text. */
export function notEmpty(verb: string, text: string): string {
  if (text === '') throw new AgiArgumentError('An argument is empty', { command: verb })
  return text
}

/** A set of DTMF keys, '' for none. @throws AgiArgumentError for anything else. */
export function keySet(verb: string, keys: string): string {
  return checkKeySet(keys, verb)
}

/** Seconds since 1970, as Asterisk takes a moment. @throws AgiArgumentError for an invalid date. */
export function epochSeconds(verb: string, moment: Date, max: number): number {
  return integer(verb, Math.floor(moment.getTime() / 1_000), { min: 0, max })
}
