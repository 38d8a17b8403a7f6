import type { CommandContext, CommandOutcome, FakeCommand } from './command.ts'
import { scanInteger } from './number-argument.ts'
import { failure, usage } from './outcome.ts'
import { playEach } from './playback.ts'

/** File names of signs (main/say.c), which SAY ALPHA and SAY PHONETIC share. */
const SIGNS: Readonly<Record<string, string>> = {
  '*': 'digits/star',
  '#': 'digits/pound',
  '!': 'letters/exclaimation-point',
  '@': 'letters/at',
  $: 'letters/dollar',
  '-': 'letters/dash',
  '.': 'letters/dot',
  '=': 'letters/equals',
  '+': 'letters/plus',
  '/': 'letters/slash',
  ' ': 'letters/space',
}

/** SAY DIGITS digits keys */
export const sayDigits: FakeCommand = async (context, args) => {
  const [digits, keys] = args
  if (digits === undefined || keys === undefined || args.length > 2) return usage()
  if (scanInteger(digits) === null) return usage()
  const names: Readonly<Record<string, string>> = {
    '*': 'digits/star',
    '#': 'digits/pound',
    '-': 'digits/minus',
  }
  const files = Array.from(digits).map((digit) => (/\d/.test(digit) ? `digits/${digit}` : names[digit]))
  return await sayExisting(context, files, keys)
}

/** SAY ALPHA text keys [case] */
export const sayAlpha: FakeCommand = async (context, args) => {
  const [text, keys, sensitivity = ''] = args
  if (text === undefined || keys === undefined || args.length > 3) return usage()
  if (!/^(?:[alnu]|$)/i.test(sensitivity)) return usage()
  const tells = sensitivity.slice(0, 1).toLowerCase()
  const files = Array.from(text).flatMap((character) => {
    if (!/[a-z]/i.test(character)) return [signOrDigit(character)]
    const isUpper = character !== character.toLowerCase()
    const letter = `letters/${character.toLowerCase()}`
    const toldCases = isUpper ? 'au' : 'al'
    return tells !== '' && toldCases.includes(tells)
      ? [isUpper ? 'uppercase' : 'lowercase', letter]
      : [letter]
  })
  return await sayExisting(context, files, keys)
}

/** SAY PHONETIC text keys */
export const sayPhonetic: FakeCommand = async (context, args) => {
  const [text, keys] = args
  if (text === undefined || keys === undefined || args.length > 2) return usage()
  const files = Array.from(text).map((character) =>
    // A 9 is spelt like a letter (main/say.c, ast_get_phonetic_str).
    /[a-z9]/i.test(character) ? `phonetic/${character.toLowerCase()}_p` : signOrDigit(character),
  )
  return await sayExisting(context, files, keys)
}

/** SAY NUMBER number keys [gender] */
export const sayNumber: FakeCommand = async (context, args) => {
  const [number, keys] = args
  if (number === undefined || keys === undefined || args.length > 3) return usage()
  const scanned = scanInteger(number)
  return scanned === null ? usage() : await sayWhole(context, `number/${scanned}`, keys)
}

/** SAY DATE time keys, SAY TIME time keys */
export function sayMoment(kind: 'date' | 'time'): FakeCommand {
  return async (context, args) => {
    const [time, keys] = args
    if (time === undefined || keys === undefined || args.length > 2) return usage()
    const scanned = scanInteger(time)
    return scanned === null ? usage() : await sayWhole(context, `${kind}/${scanned}`, keys)
  }
}

/** SAY DATETIME time keys [format] [zone] */
export const sayDateTime: FakeCommand = async (context, [time, keys]) => {
  if (time === undefined || keys === undefined) return usage()
  const scanned = scanInteger(time)
  return scanned === null ? usage() : await sayWhole(context, `datetime/${scanned}`, keys)
}

/** Characters without a file are passed over. */
async function sayExisting(
  context: CommandContext,
  files: readonly (string | undefined)[],
  keys: string,
): Promise<CommandOutcome> {
  const existing = files.filter((file) => file !== undefined && !context.files.isMissing(file))
  return await playEach(context, existing as string[], keys)
}

/** The files of a number or a date depend on the language: the fake plays it as one. */
async function sayWhole(context: CommandContext, file: string, keys: string): Promise<CommandOutcome> {
  if (context.files.isMissing(file)) return failure(-1)
  return await playEach(context, [file], keys)
}

function signOrDigit(character: string): string | undefined {
  return /\d/.test(character) ? `digits/${character}` : SIGNS[character]
}
