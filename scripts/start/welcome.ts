import type { Running } from './running.ts'

/** What a newcomer reads after `npm start`: where things are and what to try next. */
export function welcome({ apiUrl, gatewayUrl, agi, dataFolder }: Running & { dataFolder: string }): string {
  return `
URA Chamados está no ar.

  API de chamados   ${apiUrl}      documentação: ${apiUrl}/docs
  FastAGI           agi://${agi.host}:${agi.port}/helpdesk
  WhatsApp          ${gatewayUrl}      modo console: as mensagens aparecem aqui
  Dados             ${dataFolder}

Códigos de cadastro de exemplo: 1001, 1002, 1003, 1004, 1005 (sem WhatsApp nem e-mail) e 1006 (só e-mail).

Agora, em outro terminal:
  npm run phone                                        liga para a URA; você tecla
  npm run phone -- --keys '1 1001# {code} 1 2 1'       a mesma ligação, sozinha: abre um chamado
  npm run admin -- --help                              usuários, horários, chamados, clientes

Ctrl-C encerra.
`
}
