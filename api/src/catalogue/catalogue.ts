import { createHash } from 'node:crypto'

/** What a caller may ask for, as it is offered now: inactive entries and empty categories aren't in it. */
export type Catalogue = readonly Category[]

export interface Category {
  key: string
  name: string
  services: readonly Service[]
}

export interface Service {
  code: string
  /** Key in the category's menu, 1 to 8. */
  option: number
  name: string
}

/**
 * Spoken text of the category menu; 7 and asterisk are keys of the call flow. A name comes as it is ("Computador não
 * liga, tecle 2"): no word before it would suit every name.
 */
export function categoryMenuText(catalogue: Catalogue): string {
  return [
    ...catalogue.map((category) => `${category.name}, tecle ${category.key}.`),
    'Para ouvir novamente, tecle 7.',
    'Para voltar, tecle asterisco.',
  ].join(' ')
}

/** Spoken text of one category's services; 9 and asterisk are keys of the call flow. */
export function serviceMenuText(category: Category): string {
  return [
    ...category.services.map((service) => `${service.name}, tecle ${service.option}.`),
    'Para ouvir novamente, tecle 9.',
    'Para voltar, tecle asterisco.',
  ].join(' ')
}

/** 16 hex digits that change whenever a text, a code or a key changes. */
export function catalogueVersion(catalogue: Catalogue): string {
  const content = [
    categoryMenuText(catalogue),
    ...catalogue.map((category) => [serviceMenuText(category), category]),
  ]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)
}

/** The category key and option of a keypad reference, as `2-3`; null when it isn't one. */
export function parseKeypadReference(reference: string): { key: string; option: number } | null {
  const match = /^([1-68])-([1-8])$/.exec(reference)
  return match === null ? null : { key: match[1] ?? '', option: Number(match[2]) }
}
