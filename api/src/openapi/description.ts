import { errorTableText } from './components.ts'

/** What the document tells before its operations. */
export const description = `API de chamados da URA, para a central telefônica e para programas.

## Como entrar
1. \`POST /api/autenticar_sessao\` com \`Authorization: Bearer <token do cliente>\` devolve uma sessão.
2. Todos os demais pedidos levam \`Authorization: Bearer <sessão>\`.

O token e a sessão só valem a partir das redes do cliente: de outro endereço a resposta é 403. \`/healthz\`, \`/readyz\`,
\`/metrics\` e \`/audio/{name}\` ficam fora da sessão.

## Corpos e limites
Corpos são \`application/json\` em UTF-8, de até 16 KiB; campos desconhecidos são recusados. Um pedido que não chega
inteiro em 15 s recebe 408; cabeçalhos acima de 16 KiB, 431. Com a mesma \`Idempotency-Key\` e o mesmo corpo, um
pedido repetido não tem um segundo efeito.

## Erros
Toda resposta de erro tem \`{"status": false, "erro": {"codigo", "mensagem", "campo"?}, "requisicao"}\`, com o status
HTTP verdadeiro. *Repetir* diz se o mesmo pedido pode dar certo mais tarde.

${errorTableText()}
`

/** The groups of operations, in the order of the page. */
export const tags: { name: string; description: string }[] = [
  { name: 'Sessão', description: 'O primeiro passo: o token do cliente vira uma sessão.' },
  { name: 'Usuário', description: 'Quem liga, pelo código de cadastro.' },
  {
    name: 'Código de acesso',
    description: 'A prova de identidade, enviada pelo WhatsApp e digitada no telefone.',
  },
  { name: 'Catálogo', description: 'As categorias e os serviços do menu.' },
  { name: 'Informações', description: 'O que se pode ouvir sem dizer quem é.' },
  { name: 'Chamado', description: 'Abrir e consultar chamados.' },
  { name: 'Horário', description: 'O horário de atendimento da equipe.' },
  { name: 'Ligação', description: 'O registro de cada ligação.' },
  { name: 'Áudio', description: 'O que a API fala, em WAV para o Asterisk.' },
  { name: 'v1: tickets', description: 'Tickets for programs: lists, changes on `If-Match`, history, notes.' },
  { name: 'v1: users', description: 'People, for programs.' },
  { name: 'v1: services', description: 'The catalogue, for programs.' },
  { name: 'v1: announcements', description: 'What callers may hear, for programs.' },
  { name: 'v1: callbacks', description: 'Who hung up before the ticket and is to be called back.' },
  { name: 'v1: calls', description: 'What became of calls, for programs.' },
  { name: 'v1: satisfaction', description: 'What callers think, for programs.' },
  { name: 'Operação', description: 'Para quem mantém o serviço no ar; fora da sessão.' },
]
