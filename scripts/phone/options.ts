import { parseArgs } from 'node:util'

export const phoneHelp = `npm run phone -- [opções]     um telefone no terminal: liga para a URA como o Asterisk faria

  sem opções           você ouve (lê) as mensagens e tecla 0-9, * e #; Ctrl-C desliga
  --keys 'GRUPOS'      tecla sozinho, um grupo a cada pergunta: '1 1001# {code} 1 2 1'
                       {code} = o código de acesso mais novo; - = não tecla nada; depois do último, desliga
  --caller NÚMERO      de que número liga (padrão: 2001)
  --entry ENTRADA      por onde entra: start ou open-ticket (padrão: start)
  --json               última linha da saída: o registro da ligação
  --play               toca o áudio, se o sistema tiver com quê (aplay, paplay, play, ffplay, afplay)
  --expect RESULTADO   só termina bem com este resultado (ticket_opened, status_told, transferred, declined,
                       abandoned, failed); sem ela, com qualquer um dos três primeiros
  --help               esta ajuda

Endereços: os de "npm start" em execução (DATA_DIR), ou AGI_PORT, API_PORT e GATEWAY_PORT.
Termina com 0 quando a ligação acabou como se queria, 1 quando não, 2 quando algo da linha de comando está errado.`

const outcomes = ['ticket_opened', 'status_told', 'transferred', 'declined', 'abandoned', 'failed']
const entries = ['start', 'open-ticket']

export interface PhoneOptions {
  /** Key groups for a scripted call; null = a person keys. */
  keys: readonly string[] | null
  callerId: string
  entry: string
  json: boolean
  play: boolean
  expect: string | null
  help: boolean
}

/** @throws Error in words for the person at the terminal. */
export function parsePhoneOptions(commandLine: string[]): PhoneOptions {
  const { values } = parseArgs({
    args: commandLine,
    options: {
      keys: { type: 'string' },
      caller: { type: 'string', default: '2001' },
      entry: { type: 'string', default: 'start' },
      json: { type: 'boolean', default: false },
      play: { type: 'boolean', default: false },
      expect: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const groups = values.keys?.trim().split(/\s+/) ?? null
  const bad = groups?.find((group) => !/^(-|([0-9*#]|\{code\})+)$/.test(group))
  if (bad !== undefined) {
    throw new Error(`--keys: o grupo "${bad}" não é feito de 0-9, *, #, {code} ou -`)
  }
  const { expect, entry } = values
  if (expect !== undefined && !outcomes.includes(expect)) {
    throw new Error(`--expect: "${expect}" não é nenhum destes: ${outcomes.join(', ')}`)
  }
  if (!entries.includes(entry)) {
    throw new Error(`--entry: "${entry}" não é nenhum destes: ${entries.join(', ')}`)
  }
  return {
    keys: groups,
    callerId: values.caller,
    entry,
    json: values.json,
    play: values.play,
    expect: expect ?? null,
    help: values.help,
  }
}
