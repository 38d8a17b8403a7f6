import type { CatalogueAnswer } from '@ura/core/ticket-api/schemas'
import type { HelpdeskSystem } from '../../test/support/helpdesk-system.ts'
import type { TestClock } from '../../test/support/test-clock.ts'

/** What a caller wants, and how many of a hundred calls want it. */
export const mix = [
  { purpose: 'open', share: 55 },
  { purpose: 'query', share: 30 },
  { purpose: 'technician', share: 10 },
  { purpose: 'out-of-hours', share: 5 },
] as const

export type Purpose = (typeof mix)[number]['purpose']

export const callsPerDay = 50
const betweenCallsMs = 8 * 60_000
/** From 10:00, when a day's calls begin, to 21:00, when nobody is there any more. */
const eveningMs = 11 * 3_600_000
const dayMs = 24 * 3_600_000
/** Waits run so much faster than on a phone, and still leave a busy machine time for its answers. */
const speed = 60

/** Who calls and what they know. */
export interface Caller {
  code: string
  /** Protocols of theirs, the newest last. */
  protocols: string[]
}

export interface CallersOptions {
  system: HelpdeskSystem
  clock: TestClock
  callers: readonly Caller[]
  /** 0…1, the same at each run. */
  random: () => number
  /** Given what each call had Asterisk play. */
  onPlayed: (addresses: readonly string[]) => void
}

/** Makes calls through the real flow, day by day: those of office hours in the day, the others in the evening. */
export async function makeCalls(count: number, options: CallersOptions): Promise<void> {
  const { clock, random } = options
  const catalogue = await options.system.ticketApi.catalogue()
  for (let made = 0; made < count;) {
    const morning = clock.now().getTime()
    const purposes = Array.from({ length: Math.min(callsPerDay, count - made) }, () => purposeOf(random()))
    const byDay = purposes.filter((purpose) => purpose !== 'out-of-hours')
    for (const purpose of byDay) {
      await makeCall(purpose, catalogue, options)
      clock.advanceMs(betweenCallsMs)
    }
    clock.advanceMs(morning + eveningMs - clock.now().getTime())
    for (let evening = byDay.length; evening < purposes.length; evening += 1) {
      await makeCall('out-of-hours', catalogue, options)
      clock.advanceMs(betweenCallsMs)
    }
    made += purposes.length
    const isFriday = new Date(morning).getUTCDay() === 5
    clock.advanceMs(morning + (isFriday ? 3 : 1) * dayMs - clock.now().getTime())
  }
}

function purposeOf(drawn: number): Purpose {
  let share = drawn * 100
  for (const { purpose, share: wanted } of mix) {
    share -= wanted
    if (share < 0) return purpose
  }
  return 'open'
}

async function makeCall(
  purpose: Purpose,
  catalogue: CatalogueAnswer,
  options: CallersOptions,
): Promise<void> {
  const { system, random } = options
  const caller = callerOf(options)
  const protocol = caller.protocols.at(-1)
  const before = system.messages.length
  const keys = keysOf(purpose, { catalogue, caller, random })
  await system.forgetCodes()
  const { played, heard } = await system.telephone.call(keys, { newestCode: system.newestCode, speed })
  options.onPlayed(played)
  const opens = purpose !== 'technician' && (purpose !== 'query' || protocol === undefined)
  if (opens && !heard.includes('ticket-opened')) throw new Error(`no ticket in ${keys}: ${heard.join(', ')}`)
  if (opens) caller.protocols.push(await newProtocol(system, before))
}

/** A fifth of the people makes half of the calls. */
function callerOf({ callers, random }: CallersOptions): Caller {
  const often = Math.floor(callers.length / 5)
  const index = random() < 0.5 ? random() * often : often + random() * (callers.length - often)
  const caller = callers[Math.floor(index)]
  if (caller === undefined) throw new RangeError('there is nobody to call')
  return caller
}

function keysOf(
  purpose: Purpose,
  { catalogue, caller, random }: { catalogue: CatalogueAnswer; caller: Caller; random: () => number },
): string {
  const category = catalogue.categorias[Math.floor(random() * catalogue.categorias.length)]
  const service = category?.servicos[Math.floor(random() * category.servicos.length)]
  const opening = `${caller.code}# {code} 1 ${category?.tecla} ${service?.opcao}`
  const protocol = caller.protocols.at(-1)
  switch (purpose) {
    case 'technician':
      return '3'
    case 'out-of-hours':
      return `3 ${opening}`
    case 'query':
      // Who has no ticket to ask for opens one.
      return protocol === undefined ? `1 ${opening}` : `2 ${caller.code}# ${protocol}#`
    case 'open':
    default:
      return `1 ${opening}`
  }
}

/** The protocol that WhatsApp told the caller. */
async function newProtocol(system: HelpdeskSystem, before: number): Promise<string> {
  for (let waits = 0; waits < 2_000; waits += 1) {
    const texts = system.messages.slice(before).map(({ text }) => /Chamado (\d+) aberto/.exec(text)?.[1])
    const protocol = texts.find((found) => found !== undefined)
    if (protocol !== undefined) return protocol
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  throw new Error('a call that should have opened a ticket opened none')
}
