import type { UserSpeechAnswer } from '@ura/core/ticket-api/schemas'
import { describe, expect, it } from 'vitest'
import type { Person } from '../call/call.ts'
import { technicianDisplay } from './technician-display.ts'

function person(name: string | null, verified = true): Person {
  const speech: UserSpeechAnswer | null =
    name === null ? null : { status: true, nome: name, url: null, nome_audio: null }
  return { userCode: '1001', verified, name: Promise.resolve(speech) }
}

describe('the technician’s display', () => {
  it('shows name and code of a person who was proved', async () => {
    expect(await technicianDisplay(person("José d'Ávila-Conceição"))).toBe("José d'Ávila-Conceição 1001")
  })

  it('shows no name that was only claimed, and the code alone when there is no name', async () => {
    expect(await technicianDisplay(person('José', false))).toBe('1001 não confirmado')
    expect(await technicianDisplay(person(null))).toBe('1001')
    expect(await technicianDisplay(null)).toBe('')
  })

  it('lets no name reach into the dialplan, nor fill the display', async () => {
    expect(await technicianDisplay(person('A${SHELL(x)},B"\n<C>'))).toBe('A  SHELL x   B   C  1001')
    expect((await technicianDisplay(person('x'.repeat(500)))).length).toBeLessThanOrEqual(65)
  })
})
