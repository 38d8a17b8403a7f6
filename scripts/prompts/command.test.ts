import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFakeSynthesizer, type FakeSynthesizer } from '@ura/api/speech/speech-test-doubles'
import { SpeechUnavailableError } from '@ura/api/speech/synthesizer'
import type { Environment } from '@ura/core/configuration'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { promptIds } from '@ura/agi/prompts/ids'
import { runPrompts } from './command.ts'

/** The whole pack by a double takes some 2 s of finishing; a busy machine gets its time. */
const timeoutMs = 60_000
const promptCount = promptIds.length
let folder: string
let synthesizer: FakeSynthesizer

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prompts-command-'))
  synthesizer = createFakeSynthesizer()
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

async function run(args: readonly string[], environment: Environment = {}, voice = 'pt-br') {
  const printed: string[] = []
  const progress: string[] = []
  const exitCode = await runPrompts({
    arguments: args,
    environment,
    voice: { synthesizer, voice },
    progress: (label, done, total) => progress.push(`${label} ${done}/${total}`),
    print: (text) => printed.push(text),
    printError: (text) => printed.push(text),
  })
  return { exitCode, printed: printed.join('\n'), progress }
}

describe('npm run prompts', () => {
  it(
    'speaks with the configured voice and writes pack and page, then has nothing to do',
    { timeout: timeoutMs },
    async () => {
      const args = ['--out', folder, '--page', join(folder, 'page.html')]
      const first = await run(args, {}, 'Camila')
      expect(first.exitCode).toBe(0)
      expect(first.printed).toContain(`${promptCount} gravados`)
      expect(first.progress).toContain(`Avisos ${promptCount}/${promptCount}`)
      expect(synthesizer.requests.every(({ voice }) => voice === 'Camila')).toBe(true)
      expect(await readFile(join(folder, 'page.html'), 'utf8')).toContain('fake, Camila, 8.000 Hz')
      synthesizer.requests.length = 0
      expect((await run(args, {}, 'Camila')).printed).toContain(`0 gravados, ${promptCount} sem mudança`)
      expect(synthesizer.requests).toEqual([])
      expect(await run(['--out', folder, '--check'], {}, 'Camila')).toMatchObject({ exitCode: 0 })
      const other = await run(['--out', folder, '--check', '--voice', 'Vitoria'])
      expect(other).toMatchObject({ exitCode: 1, printed: expect.stringContaining('Rode: npm run prompts') })
    },
  )

  it('says what is done and how to go on when the voice fails', { timeout: timeoutMs }, async () => {
    synthesizer.faults.push(() =>
      Promise.reject(new SpeechUnavailableError('no credentials', { retryable: false })),
    )
    const { exitCode, printed } = await run(['--out', folder, '--no-page'])
    expect(exitCode).toBe(1)
    expect(printed).toContain('Não foi possível gravar main-menu: a voz não respondeu (no credentials)')
    expect(printed).toMatch(/Gravados agora: \d+\. Faltam: \d+\..*rode o comando de novo para continuar/)
  })

  it('shows how a text is pronounced, without speaking', async () => {
    const { printed } = await run(['--pronounce', 'Katia da TI'])
    expect(printed).toBe('escrito: Kátia da tê i\nfalado:  kˈatʃjæ da tˈe ˈi')
    expect(synthesizer.requests).toEqual([])
  })

  it.each([
    [['--bogus'], {}, 'Não entendi --bogus'],
    [['--out'], {}, 'Não entendi --out'],
    [['word'], {}, 'não recebe argumentos soltos'],
    [[], { SPEECH_SYNTHESIZER: 'lambda' }, 'SPEECH_FUNCTION'],
    [[], { SPEECH_SAMPLE_RATE: '44100' }, 'SPEECH_SAMPLE_RATE'],
    [['--pronounce', 'a'], { SPEECH_LEXICON: '/nowhere/words.txt' }, 'SPEECH_LEXICON'],
  ])('with %j and %j ends with 2 and says why', async (args, environment, why) => {
    const { exitCode, printed } = await run(args, environment)
    expect([exitCode, printed]).toEqual([2, expect.stringContaining(why)])
  })

  it('says that a folder can not be written', async () => {
    const { exitCode, printed } = await run(['--out', '/dev/null/x', '--no-page'])
    expect([exitCode, printed]).toEqual([1, expect.stringContaining('passa por um arquivo que não é pasta')])
  })

  it('explains itself', async () => {
    const { exitCode, printed } = await run(['--help'])
    expect(exitCode).toBe(0)
    for (const option of [
      '--out',
      '--check',
      '--voice',
      '--wideband',
      '--page',
      '--no-page',
      '--pronounce',
    ]) {
      expect(printed).toContain(option)
    }
  })
})
