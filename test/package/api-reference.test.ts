import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runCommand } from './command.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))

describe('the API reference of asterisk-agi', () => {
  it('is what the docstrings give now, with no symbol undocumented and no link broken', async () => {
    const checked = runCommand(
      'npm',
      ['run', 'docs', '--workspace', 'asterisk-agi', '--', '--check'],
      project,
    )
    await expect(checked).resolves.toContain('docs.ts --check')
  })
})
