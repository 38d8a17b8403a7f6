import { parsePhoneNumberFromString } from 'libphonenumber-js/max'

/**
 * A phone number as E.164 (`+5545999990001`), or null when the text is no possible number or holds anything else.
 * Numbers without a country code are read as Brazilian.
 */
export function parsePhoneNumber(text: string): string | null {
  // By default libphonenumber-js looks for a number anywhere in the text.
  const number = parsePhoneNumberFromString(text, { defaultCountry: 'BR', extract: false })
  return number?.isPossible() ? number.number : null
}

/**
 * A phone number fit for logs and answers: `+55 45 *****-0001`. Only country, area and the last four digits
 * survive; a text that is no phone number (an extension, an unknown caller) keeps its last two characters.
 */
export function maskPhoneNumber(text: string): string {
  const number = parsePhoneNumberFromString(text.slice(0, 40), 'BR')
  if (number?.isPossible() !== true || number.nationalNumber.length < 8) {
    return `***${text.slice(-2)}`
  }
  const area = number.countryCallingCode === '55' ? ` ${number.nationalNumber.slice(0, 2)}` : ''
  return `+${number.countryCallingCode}${area} *****-${number.nationalNumber.slice(-4)}`
}
