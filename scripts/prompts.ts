import { parseArgs } from 'node:util'
import { promptTexts } from '@ura/agi/prompts/pt-br'
import { createEspeakSynthesizer } from '@ura/api/speech/espeak-synthesizer'
import { buildPromptPack, checkPromptPack, type PromptPackOptions } from '@ura/api/speech/prompt-pack'

const usage = `npm run prompts -- [--out PASTA] [--check] [--voice VOZ] [--wideband]

Grava os avisos da URA como arquivos de som para o Asterisk, em PASTA/pt_BR/ura.
Só é gravado o que mudou; o que não existe mais é apagado.

  --out PASTA   pasta de sons (padrão: freepbx-dialplan/sounds)
  --check       não grava: diz o que falta e termina com 1 se algo faltar
  --voice VOZ   voz do eSpeak NG (padrão: pt-br)
  --wideband    16 kHz (.wav16) em vez de 8 kHz (.wav)
  --help        esta ajuda`

const optionTypes = {
  out: { type: 'string', default: 'freepbx-dialplan/sounds' },
  check: { type: 'boolean', default: false },
  voice: { type: 'string', default: 'pt-br' },
  wideband: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

async function main(): Promise<number> {
  const { values } = parseArgs({ options: optionTypes })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const synthesizer = createEspeakSynthesizer()
  try {
    const options: PromptPackOptions = {
      texts: promptTexts,
      outFolder: values.out,
      synthesizer,
      voice: values.voice,
      sampleRateHz: values.wideband ? 16_000 : 8_000,
      onProgress: ({ id, done, total }) => console.log(`${done}/${total} ${id}`),
    }
    return values.check ? await check(options) : await build(options)
  } finally {
    await synthesizer.close()
  }
}

async function build(options: PromptPackOptions): Promise<number> {
  const { written, kept, removed } = await buildPromptPack(options)
  console.log(`${written.length} gravados, ${kept.length} sem mudança, ${removed.length} apagados`)
  return 0
}

async function check(options: PromptPackOptions): Promise<number> {
  const problems = await checkPromptPack(options)
  for (const problem of problems) {
    console.error(problem)
  }
  console.log(problems.length === 0 ? 'Os avisos estão completos e atuais.' : 'Rode: npm run prompts')
  return problems.length === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(
    `Não foi possível gravar os avisos: ${error instanceof Error ? error.message : String(error)}`,
  )
  process.exitCode = 1
}
