import { PromptPackError } from '@ura/api/speech/prompt-pack'
import { SpeechInputError, SpeechUnavailableError } from '@ura/api/speech/synthesizer'
import { ConfigurationError } from '@ura/core/configuration'
import { UsageError } from './options.ts'

/** What went wrong and what to do about it, for who typed the command. */
export function faultText(error: unknown): string {
  if (error instanceof UsageError) {
    return error.message
  }
  if (error instanceof ConfigurationError) {
    return `A configuração da voz tem erros.\n${error.faults.map((fault) => `  - ${fault}`).join('\n')}`
  }
  if (error instanceof PromptPackError) {
    const { id, writtenCount, missingCount, cause } = error
    return [
      `Não foi possível gravar ${id}: ${reasonText(cause)}`,
      `Gravados agora: ${writtenCount}. Faltam: ${missingCount}. O que foi gravado fica; rode o comando de novo para continuar.`,
    ].join('\n')
  }
  return `Não foi possível gravar os avisos: ${reasonText(error)}`
}

function reasonText(error: unknown): string {
  const detail = error instanceof Error ? error.message : String(error)
  if (error instanceof SpeechInputError) {
    return `a voz não existe ou recusou o texto (${detail}). Confira --voice e SPEECH_VOICE.`
  }
  if (error instanceof SpeechUnavailableError) {
    return `a voz não respondeu (${detail}). Confira SPEECH_SYNTHESIZER e o que ele pede, e a rede.`
  }
  const code = (error as NodeJS.ErrnoException).code
  const known = code === undefined ? undefined : fileFaults[code]
  return known === undefined ? detail : `${known} (${detail}).`
}

const fileFaults: Readonly<Record<string, string>> = {
  EACCES: 'sem permissão para gravar ali',
  EPERM: 'sem permissão para gravar ali',
  EROFS: 'o disco só permite leitura',
  ENOSPC: 'o disco está cheio',
  ENOENT: 'a pasta não existe',
  ENOTDIR: 'o caminho passa por um arquivo que não é pasta',
  EISDIR: 'o caminho é uma pasta',
  EEXIST: 'o caminho passa por um arquivo que não é pasta',
}
