import { describe, expect, it } from 'vitest'
import { readInvocation } from './invocation.ts'

const http = { method: 'GET', path: '/' }

describe('readInvocation', () => {
  it('reads the query of a REST event', () => {
    const event = {
      httpMethod: 'GET',
      queryStringParameters: { text: 'João & Maria' },
      multiValueQueryStringParameters: { text: ['João & Maria'] },
    }
    expect(readInvocation(event)).toEqual({
      method: 'GET',
      parameters: new Map([['text', 'João & Maria']]),
    })
  })

  it('takes a REST event without a query', () => {
    const event = { httpMethod: 'GET', queryStringParameters: null, multiValueQueryStringParameters: null }
    expect(readInvocation(event).parameters.size).toBe(0)
  })

  it('decodes the raw query of an HTTP event, commas left alone', () => {
    const event = {
      version: '2.0',
      rawQueryString: 'voice=Camila&text=1%2C+2%20Jo%C3%A3o',
      queryStringParameters: { text: 'not looked at' },
      requestContext: { http },
    }
    expect(readInvocation(event).parameters).toEqual(
      new Map([
        ['voice', 'Camila'],
        ['text', '1, 2 João'],
      ]),
    )
  })

  it.each([
    [
      'a REST event',
      { httpMethod: 'GET', queryStringParameters: {}, multiValueQueryStringParameters: { text: ['a', 'b'] } },
    ],
    ['an HTTP event', { rawQueryString: 'text=a&text=b', requestContext: { http } }],
  ])('refuses what comes twice in %s', (_shape, event) => {
    expect(() => readInvocation(event)).toThrow(expect.objectContaining({ field: 'text' }))
  })

  it('takes the fields of a direct invoke as they are', () => {
    expect(readInvocation({ voice: 'Camila', text: 7 })).toEqual({
      method: 'GET',
      parameters: new Map<string, unknown>([
        ['voice', 'Camila'],
        ['text', 7],
      ]),
    })
  })
})
