import { describe, expect, it } from 'vitest'
import { loggableFailure } from './loggable-failure.ts'

function failureOf(failing: () => unknown): unknown {
  try {
    return failing()
  } catch (error) {
    return loggableFailure(error)
  }
}

describe('what the log tells of a failure', () => {
  it('is name, code and stack, of its causes too', () => {
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    expect(loggableFailure(new TypeError('fetch failed', { cause }))).toEqual({
      name: 'TypeError',
      stack: expect.stringContaining('TypeError: fetch failed\n'),
      cause: { name: 'Error', code: 'ECONNREFUSED', stack: expect.stringContaining('Error: refused\n') },
    })
  })

  it('is nothing that hangs on the error besides', () => {
    const error = Object.assign(new Error('refused'), { body: 'segredo', config: { token: 'segredo' } })
    expect(JSON.stringify(loggableFailure(error))).not.toContain('segredo')
  })

  it.each([
    ['JSON', (text: string) => JSON.parse(text) as unknown],
    ['a number', (text: string) => BigInt(text)],
    ['a pattern', (text: string) => new RegExp(text, 'u')],
  ])('is not the text that could not be read as %s', (_what, read) => {
    const failing = (): unknown => read('(segredo')
    expect(failing).toThrow('segredo')
    expect(JSON.stringify(failureOf(failing))).toMatch(/^(?!.*segredo).*SyntaxError: \[masked\]\\n    at /)
  })

  it.each(['segredo', { segredo: 1 }, null, undefined])(
    'is only the type of what is no error: %j',
    (thrown) => {
      expect(loggableFailure(thrown)).toEqual({ name: `thrown ${typeof thrown}` })
    },
  )

  it('ends, although errors cause each other', () => {
    const error = new Error('round')
    error.cause = error
    expect(JSON.stringify(loggableFailure(error)).match(/"name"/g)).toHaveLength(4)
  })

  it('is bounded', () => {
    expect(loggableFailure(new Error('x'.repeat(100_000))).stack).toHaveLength(4_000)
  })
})
