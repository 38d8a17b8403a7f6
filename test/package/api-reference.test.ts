import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runCommand } from './command.ts'
import { anchorsOf, innerLinks } from './markdown-links.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))
const reference = join(project, 'agi', 'asterisk-agi', 'docs', 'api')

describe('the API reference of asterisk-agi', () => {
  it('is what the docstrings give now, with no symbol undocumented', async () => {
    const checked = runCommand(
      'npm',
      ['run', 'docs', '--workspace', 'asterisk-agi', '--', '--check'],
      project,
    )
    await expect(checked).resolves.not.toContain('Out of date')
  })

  it('links each symbol to where it is described', async () => {
    const files = await readdir(reference)
    const pages = new Map<string, string>()
    for (const file of files) pages.set(file, await readFile(join(reference, file), 'utf8'))
    const astray = [...pages].flatMap(([file, text]) =>
      innerLinks(text).filter((link) => {
        const anchors = anchorsOf(pages.get(link.page === '' ? file : link.page) ?? '')
        const target = anchors.get(link.anchor)
        const isNamed = [...anchors.values()].includes(link.text)
        return target === undefined || (isNamed && target !== link.text)
      }),
    )
    expect(astray).toEqual([])
    expect([...pages.values()].flatMap(innerLinks)).toContainEqual({
      text: 'AgiCall',
      page: '',
      anchor: 'agicall',
    })
  })
})
