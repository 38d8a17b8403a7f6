import { describe, expect, it } from 'vitest'
import { withSection } from './results-file.ts'

const FILE = '# Results\n\nOf a machine.\n\n## agi\n\nold figures\n\n## api\n\nits figures\n'

describe('withSection', () => {
  it('replaces the section of the benchmark and leaves the others', () => {
    expect(withSection(FILE, 'agi', 'new figures\n')).toBe(
      '# Results\n\nOf a machine.\n\n## agi\n\nnew figures\n\n## api\n\nits figures\n',
    )
  })

  it('adds a section for a benchmark that has none', () => {
    expect(withSection(FILE, 'calls', 'first figures')).toBe(`${FILE}\n## calls\n\nfirst figures\n`)
  })

  it('gives the same file for the same figures', () => {
    expect(withSection(FILE, 'api', 'its figures')).toBe(FILE)
  })
})
