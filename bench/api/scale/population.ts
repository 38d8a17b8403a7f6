/** How much a database holds. */
export interface Population {
  tickets: number
  users: number
}

/**
 * A city hall in its first days, and one after years. Both have 20 tickets a user, so that a list of one user's tickets
 * has as many rows in either, and its time tells of the size of the tables alone.
 */
export const small: Population = { tickets: 1_000, users: 50 }
export const large: Population = { tickets: 1_000_000, users: 50_000 }

/** Minutes between two tickets: a million of them are nearly four years. */
const ticketMinutes = 2

/** The newest tickets of either population, which somebody still works on. */
export const activeTickets = 240

/** One ticket of so many has a long history, of so many events and notes. */
export const longHistoryEvery = 1_000
export const longHistoryRows = 60

/** When a population's tickets were opened: the first, and milliseconds from each to the next. */
export interface Timeline {
  firstMs: number
  stepMs: number
}

/** The timeline that ends now. */
export function timelineOf({ tickets }: Population, nowMs: number): Timeline {
  const stepMs = ticketMinutes * 60_000
  return { firstMs: nowMs - tickets * stepMs, stepMs }
}

/**
 * A number from 0 to `choices` - 1 that looks random and is the same for the same arguments: a population is the same
 * each time it is written.
 */
export function draw(number: number, purpose: number, choices: number): number {
  let mixed = Math.imul(number ^ Math.imul(purpose + 1, 0x9e3779b1), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) >>> 0) % choices
}

/** The first registration code; the others follow. */
const firstCode = 1_001

/** The registration code of the `number`-th user, from 0. */
export function codeOf(number: number): string {
  return String(firstCode + number)
}

/** Everybody's WhatsApp number differs. */
export function whatsappOf(number: number): string {
  return `+55459${String(80_000_000 + number)}`
}

/** The number of the user who opened the `number`-th ticket. */
export function requesterOf(number: number, { users }: Population): number {
  return draw(number, 1, users)
}

/** Asterisk's id of the `number`-th call. */
export function callIdOf(number: number): string {
  return `1700000000.${number}`
}

/** How many calls a population holds. */
export function callsOf({ tickets }: Population): number {
  return Math.floor(tickets / 4)
}

/** Lets the benchmark's client ask for every extension of this population. */
export const extensionEnvironment = {
  EXTENSION_IDENTIFICATION: 'on',
  TRUSTED_EXTENSIONS: 'XXXX,XXXXX,XXXXXX',
  EXTENSION_CLIENTS: 'escala',
} as const
