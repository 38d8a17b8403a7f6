import { readFile } from 'node:fs/promises'
import type { OpenApiDocument } from '@ura/api/openapi/document'
import { describe, expect, it } from 'vitest'
import { gapsOf, unmeasured } from './coverage.ts'
import { lists } from './lists.ts'
import { phoneProbes } from './phone-probes.ts'
import { resourceProbes } from './resource-probes.ts'

const file = new URL('../../../docs/openapi.json', import.meta.url)
const document = JSON.parse(await readFile(file, 'utf8')) as OpenApiDocument
const probes = [...phoneProbes, ...resourceProbes]

describe('what the benchmark api-scale measures', () => {
  it('is every operation of docs/openapi.json but those with a reason, every filter and every order', () => {
    expect(gapsOf(document, { probes, lists, reasons: unmeasured })).toEqual([])
  })

  it('names an operation that has neither a probe nor a reason', () => {
    const others = probes.filter(({ operation }) => operation !== 'readUser')
    const gaps = gapsOf(document, { probes: others, lists, reasons: unmeasured })
    expect(gaps).toEqual(['readUser (get /api/v1/users/{code})'])
  })

  it('names a filter and an order that no list has', () => {
    const others = lists.filter(
      (list) => !list.variant.includes('whatsapp') && !list.variant.includes('sort=startedAt'),
    )
    const gaps = gapsOf(document, { probes, lists: others, reasons: unmeasured })
    expect(gaps).toEqual([
      'listTickets: origin',
      'listUsers: whatsapp',
      'listCallbacks: sort=startedAt',
      'listCalls: sort=startedAt',
    ])
  })

  it('names a list that is read without pages', () => {
    const others = lists.filter(({ operation }) => operation !== 'listTicketNotes')
    const gaps = gapsOf(document, {
      probes: [
        ...probes,
        { operation: 'listTicketNotes', variant: '', request: () => ({ method: 'GET', path: '' }) },
      ],
      lists: others,
      reasons: unmeasured,
    })
    expect(gaps).toEqual(['listTicketNotes: pages'])
  })
})
