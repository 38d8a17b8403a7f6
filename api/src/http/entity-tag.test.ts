import { describe, expect, it } from 'vitest'
import { namesStrongly, namesWeakly } from './entity-tag.ts'

describe('If-None-Match, compared weakly,', () => {
  it.each([
    ['"3"', '"3"'],
    ['W/"3"', '"3"'],
    ['"3"', 'W/"3"'],
    ['W/"3"', 'W/"3"'],
    ['"1", W/"3" ,"2"', '"3"'],
    ['"1","3"', '"3"'],
    ['"a,b", "3"', '"3"'],
    ['"a,b"', '"a,b"'],
    [' * ', '"3"'],
    ['""', '""'],
  ])('%s names %s', (header, etag) => {
    expect(namesWeakly(header, etag)).toBe(true)
  })

  it.each(['"33"', '3', '', '"3', "'3'", 'w/"3"x', '"1", *', '"a, "', 'W/3'])(
    '%s does not name "3"',
    (header) => {
      expect(namesWeakly(header, '"3"')).toBe(false)
    },
  )
})

describe('If-Match, compared strongly,', () => {
  it.each(['"3"', '"1", "3"', '*'])('%s names "3"', (header) => {
    expect(namesStrongly(header, '"3"')).toBe(true)
  })

  it.each(['W/"3"', '"1"', '3', '"1", *'])('%s does not name "3"', (header) => {
    expect(namesStrongly(header, '"3"')).toBe(false)
  })
})
