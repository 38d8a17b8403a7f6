import { parseArgs } from 'node:util'

export const usage = `npm run prompts -- [--out PASTA] [--check] [--voice VOZ] [--wideband] [--page ARQUIVO | --no-page]
npm run prompts -- --pronounce TEXTO

Grava os avisos da URA como arquivos de som para o Asterisk, em PASTA/pt_BR/ura, e uma página para ouvi-los todos,
na ordem de uma ligação. Só é gravado o que mudou; o que não existe mais é apagado. Fala a voz que a API usaria com
as mesmas variáveis (SPEECH_SYNTHESIZER, SPEECH_VOICE, SPEECH_LEXICON…).

  --out PASTA       pasta de sons (padrão: freepbx-dialplan/sounds)
  --check           não grava: diz o que falta e termina com 1 se algo faltar
  --voice VOZ       outra voz que a de SPEECH_VOICE
  --wideband        16 kHz (.wav16), como SPEECH_SAMPLE_RATE=16000
  --page ARQUIVO    onde gravar a página (padrão: docs/prompts.html)
  --no-page         não grava a página
  --pronounce TEXTO não grava: mostra como a voz embutida recebe e pronuncia o texto
  --help            esta ajuda`

const optionTypes = {
  out: { type: 'string', default: 'freepbx-dialplan/sounds' },
  check: { type: 'boolean', default: false },
  voice: { type: 'string' },
  wideband: { type: 'boolean', default: false },
  page: { type: 'string', default: 'docs/prompts.html' },
  'no-page': { type: 'boolean', default: false },
  pronounce: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

/** What `npm run prompts` was asked for. */
export interface PromptsOptions {
  help: boolean
  outFolder: string
  isCheck: boolean
  voice: string | undefined
  isWideband: boolean
  /** Null: no page. */
  pageFile: string | null
  pronounce: string | undefined
}

/** Arguments that mean nothing; the message is for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): PromptsOptions {
  const { values } = parse(args)
  return {
    help: values.help,
    outFolder: values.out,
    isCheck: values.check,
    voice: values.voice,
    isWideband: values.wideband,
    pageFile: values['no-page'] ? null : values.page,
    pronounce: values.pronounce,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: optionTypes })
  } catch (error) {
    const option = /'(--?[^' ]+)/.exec((error as Error).message)?.[1]
    throw new UsageError(
      option === undefined
        ? 'Este comando não recebe argumentos soltos. Veja --help.'
        : `Não entendi ${option}: a opção não existe, ou o valor falta ou sobra. Veja --help.`,
    )
  }
}
