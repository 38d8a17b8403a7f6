import type { DtmfKey } from 'asterisk-agi'
import type { Call } from './call.ts'
import { prompt, type Sound } from './sound.ts'

/** Hearing a menu again costs no try, but not for ever. */
const repeatsMax = 10

export interface Menu<T> {
  sounds: readonly Sound[]
  choices: Partial<Record<DtmfKey, T>>
  /** The key that plays the menu again, if it has one. */
  hearAgain?: DtmfKey
}

/**
 * A menu of single keys. A wrong key and no key are told to the caller and asked again, as many times as the call
 * allows.
 * @returns the choice, or null when the tries are used up.
 */
export async function askMenu<T>(call: Call, menu: Menu<T>): Promise<T | null> {
  let failures = 0
  for (let repeats = 0; failures < call.tries && repeats < repeatsMax;) {
    const key = await call.line.askKey(...menu.sounds)
    if (key !== null && key === menu.hearAgain) {
      repeats += 1
      continue
    }
    const choice = key === null ? undefined : menu.choices[key]
    if (choice !== undefined) {
      return choice
    }
    failures += 1
    await sayWhatWasWrong(call, key === null)
  }
  return null
}

/** Tells the caller that nothing came, or that what came means nothing here. */
export async function sayWhatWasWrong(call: Call, nothingCame: boolean): Promise<void> {
  call.line.forgetKeysAhead()
  await call.line.say(prompt(nothingCame ? 'no-input' : 'invalid-option'))
}
