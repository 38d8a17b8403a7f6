import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const packageFolder = new URL('../../agi/asterisk-agi/', import.meta.url)
const document = readFileSync(new URL('docs/testing.md', packageFolder), 'utf8')

const examples = [...document.matchAll(/^## ([^\n]+)\n(?:(?!^## ).*\n)*?```ts\n([\s\S]*?)```/gm)].map(
  ([, heading = '', code = '']) => [heading, code] as const,
)

describe('the document about the fake Asterisk', () => {
  it('has an example for keys, for hangups and for load', () => {
    expect(examples.map(([heading]) => heading)).toEqual(['Keys against prompts', 'Hanging up', 'Load'])
  })

  it.each(examples)('holds an example that runs: %s', async (_heading, code) => {
    const run = promisify(execFile)(process.execPath, ['--input-type=module-typescript', '--eval', code], {
      cwd: packageFolder,
      timeout: 30_000,
    })
    await expect(run).resolves.toMatchObject({ stderr: '' })
  })
})
