import type { Person } from '../call/call.ts'

/** Phones show about this much. */
const lengthMax = 60

/**
 * What the technician's phone shows of the caller: name and code once the access code has proved them, `1001 não
 * confirmado` for a code that was only claimed, nothing otherwise. Only letters, digits, spaces and . ' - survive, so that a name
 * can't reach into the dialplan.
 */
export async function technicianDisplay(person: Person | null): Promise<string> {
  if (person === null) {
    return ''
  }
  if (!person.verified) {
    return `${person.userCode} não confirmado`
  }
  const name = (await person.name)?.nome ?? ''
  const clean = name.replaceAll(/[^\p{L}\p{M}\p{N} .'-]/gu, ' ').slice(0, lengthMax)
  return `${clean} ${person.userCode}`.trim()
}
