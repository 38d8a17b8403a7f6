import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMAND_VERBS } from '../../agi/asterisk-agi/src/testing/command-table.ts'
import { runCommand } from './command.ts'
import { project } from './packed-package.ts'

/** In the repository, so that the compiler finds what an example imports. */
const examplesFolder = join(project, 'test')
const documents = ['README.md', 'docs/testing.md'].map((name) => join(project, 'agi/asterisk-agi', name))

describe('the examples of the documents', () => {
  let folder: string
  let readme: string

  beforeAll(async () => {
    folder = await mkdtemp(join(examplesFolder, 'examples-'))
    readme = await readFile(documents[0] ?? '', 'utf8')
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('leave out no command of Asterisk 22', () => {
    const rows = [...readme.matchAll(/^\| ([A-Z][A-Z ]+) \| `call\./gm)].map((match) => match[1] ?? '')
    expect(rows.toSorted()).toEqual(COMMAND_VERBS.toSorted())
  })

  it('compile under strict', async () => {
    const blocks = await Promise.all(documents.map(codeBlocks))
    const files = blocks.flat().map((code, index) => ({ name: `block-${index}.ts`, code }))
    files.push({ name: 'commands.ts', code: commandsProgram(readme) })
    for (const { name, code } of files) await writeFile(join(folder, name), `${code}\nexport {}\n`)
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../tsconfig.json',
        compilerOptions: { noUnusedLocals: false },
        include: ['*.ts'],
      }),
    )
    const complaints = await runCommand('npx', ['tsc', '--noEmit', '-p', folder], project)
    expect(complaints).toBe('')
  })
})

async function codeBlocks(document: string): Promise<string[]> {
  const text = await readFile(document, 'utf8')
  return [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map((match) => match[1] ?? '')
}

/** Every `call.…` of the tables, as a line of a handler. */
function commandsProgram(readme: string): string {
  const examples = [...readme.matchAll(/`(call\.\w+\([^`]*\))`/g)].map((match) => `  await ${match[1]}`)
  return [
    "import type { AgiCall } from 'asterisk-agi'",
    'export async function everything(call: AgiCall): Promise<void> {',
    ...examples,
    '}',
  ].join('\n')
}
