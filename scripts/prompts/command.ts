import { promptTexts } from '@ura/agi/prompts/pt-br'
import type { Terminal } from '@ura/api/admin/terminal'
import { writeFileAtomic } from '@ura/api/speech/atomic-file'
import {
  configuredLexicon,
  createChosenVoice,
  type ChosenVoice,
} from '@ura/api/speech/configured-synthesizer'
import { createEspeakPhonemes } from '@ura/api/speech/espeak-phonemes'
import { toEspeakText } from '@ura/api/speech/espeak-text'
import {
  buildPromptPack,
  checkPromptPack,
  readPromptPack,
  type PromptPackOptions,
} from '@ura/api/speech/prompt-pack'
import {
  readSynthesizerConfiguration,
  type SynthesizerConfiguration,
} from '@ura/api/speech/synthesizer-settings'
import type { Environment } from '@ura/core/configuration'
import { callSteps, exampleTexts } from './call-order.ts'
import { faultText } from './fault-text.ts'
import { listeningPage } from './listening-page.ts'
import { parseOptions, usage, type PromptsOptions } from './options.ts'

/** What a run of `npm run prompts` has from outside. */
export interface PromptsCommand {
  arguments: readonly string[]
  environment: Environment
  progress: Terminal['progress']
  print: (text: string) => void
  printError: (text: string) => void
  /** Speaks instead of who is configured. */
  voice?: ChosenVoice
}

/** Beside the prompts, and no folder of Asterisk's: the examples of the page are kept so that they aren't made again. */
const examplesFolder = 'exemplos'

/** `npm run prompts`; gives the exit code: 0 done, 1 not complete, 2 wrong arguments or configuration. */
export async function runPrompts(command: PromptsCommand): Promise<number> {
  try {
    const options = parseOptions(command.arguments)
    if (options.help) {
      command.print(usage)
      return 0
    }
    const config = readSynthesizerConfiguration(command.environment)
    if (options.pronounce !== undefined) {
      return await pronounce(options.pronounce, config, command)
    }
    return await speakPrompts(options, config, command)
  } catch (error) {
    command.printError(faultText(error))
    const name = error instanceof Error ? error.name : ''
    return ['UsageError', 'ConfigurationError'].includes(name) ? 2 : 1
  }
}

async function speakPrompts(
  options: PromptsOptions,
  config: SynthesizerConfiguration,
  command: PromptsCommand,
): Promise<number> {
  const { synthesizer, voice: configuredVoice } = command.voice ?? createChosenVoice(config)
  const pack: PromptPackOptions = {
    texts: promptTexts,
    outFolder: options.outFolder,
    synthesizer,
    voice: options.voice ?? configuredVoice,
    sampleRateHz: options.isWideband ? 16_000 : config.speechSampleRateHz,
    onProgress: ({ done, total }) => command.progress('Avisos', done, total),
  }
  try {
    if (options.isCheck) {
      return await check(pack, command)
    }
    await build(pack, command)
    if (options.pageFile !== null) {
      await writePage(options.pageFile, pack, command)
    }
    return 0
  } finally {
    await synthesizer.close?.()
  }
}

async function build(pack: PromptPackOptions, { print }: PromptsCommand): Promise<void> {
  const { written, kept, removed } = await buildPromptPack(pack)
  print(`${written.length} gravados, ${kept.length} sem mudança, ${removed.length} apagados`)
}

async function check(pack: PromptPackOptions, { print, printError }: PromptsCommand): Promise<number> {
  const problems = await checkPromptPack(pack)
  for (const problem of problems) {
    printError(problem)
  }
  print(problems.length === 0 ? 'Os avisos estão completos e atuais.' : 'Rode: npm run prompts')
  return problems.length === 0 ? 0 : 1
}

async function writePage(file: string, pack: PromptPackOptions, command: PromptsCommand): Promise<void> {
  const examples: PromptPackOptions = {
    ...pack,
    texts: exampleTexts,
    packFolder: examplesFolder,
    onProgress: ({ done, total }) => command.progress('Exemplos', done, total),
  }
  await buildPromptPack(examples)
  const { synthesizer, voice = '', sampleRateHz = 8_000 } = pack
  const html = listeningPage({
    voice: `${synthesizer.name}, ${voice}, ${sampleRateHz.toLocaleString('pt-BR')} Hz`,
    steps: callSteps,
    prompts: [...(await readPromptPack(pack)), ...(await readPromptPack(examples))],
  })
  await writeFileAtomic(file, Buffer.from(html), { mode: 0o644 })
  command.print(`Para ouvir tudo num navegador: ${file}`)
}

async function pronounce(
  text: string,
  config: SynthesizerConfiguration,
  { print }: PromptsCommand,
): Promise<number> {
  const espeakText = toEspeakText(text, configuredLexicon(config))
  const phonemes = await createEspeakPhonemes()
  print(`escrito: ${espeakText.replaceAll('\n', ' ')}`)
  print(`falado:  ${(await phonemes(espeakText)).join(' | ')}`)
  return 0
}
