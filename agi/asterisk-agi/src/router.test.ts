import { describe, expect, it } from 'vitest'
import { AgiArgumentError } from './errors.ts'
import { type AgiHandler, AgiRouter } from './router.ts'

const handler = (): AgiHandler => () => Promise.resolve()

describe('the router', () => {
  it('prefers the exact name, then the patterns in order, then the default', () => {
    const [exact, first, second, rest] = [handler(), handler(), handler(), handler()]
    const router = new AgiRouter()
      .default(rest)
      .pattern(/menu\/(?<menu>\d+)/, first)
      .pattern(/menu\/(?<name>\w+)(?:\/(?<more>\w+))?/, second)
      .script('/menu/7', exact)
    expect(router.routeOf('menu/7')).toEqual({ handler: exact, parameters: {} })
    expect(router.routeOf('menu/8')).toEqual({ handler: first, parameters: { menu: '8' } })
    expect(router.routeOf('menu/x')).toEqual({ handler: second, parameters: { name: 'x' } })
    expect(router.routeOf('menu/x/y')).toEqual({ handler: second, parameters: { name: 'x', more: 'y' } })
    expect(router.routeOf('')).toEqual({ handler: rest, parameters: {} })
  })

  it('matches a pattern against the whole script, alternatives too', () => {
    const router = new AgiRouter().pattern(/a|bc/i, handler())
    expect(['A', 'bc', 'ab', 'xbc'].map((script) => router.routeOf(script) !== null)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('refuses a name routed twice, and a pattern that keeps a place between calls', () => {
    const router = new AgiRouter().script('a', handler())
    expect(() => router.script('/a', handler())).toThrow(AgiArgumentError)
    expect(() => router.pattern(/b/g, handler())).toThrow(AgiArgumentError)
  })
})
