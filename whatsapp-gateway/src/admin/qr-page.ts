import type { ConnectionState, ConnectionStatus } from '../drivers/driver.ts'
import { isLoggedIn } from '../drivers/driver.ts'

const stateWords: Readonly<Record<ConnectionState, string>> = {
  starting: 'Iniciando a conexão',
  qr: 'Aguardando a leitura do QR code',
  connected: 'Conectado',
  degraded: 'Conectado, com instabilidade na conexão',
  logged_out: 'Desconectado da conta',
  banned: 'Conta bloqueada pelo WhatsApp',
}

export interface QrPageContent {
  /** The driver's name. */
  driver: string
  status: ConnectionStatus
  /** How the login by QR stands; null with a driver that needs none. */
  login: {
    /** Whether no QR is shown until somebody asks for one. */
    isWaiting: boolean
    /** For the forms. */
    formToken: string
  } | null
  /** IANA zone of the times told. */
  timeZone: string
}

/**
 * The admin page (HTML, pt-BR): the connection's state in words, the QR with how to read it, and what can be done. Its
 * script exchanges the three parts with an id when they change; without scripts the page reloads itself.
 */
export function renderQrPage(content: QrPageContent): string {
  const { driver, status, login, timeZone } = content
  const since = new Intl.DateTimeFormat('pt-BR', { dateStyle: 'short', timeStyle: 'medium', timeZone })
  return `<!doctype html>
<html lang="pt-BR">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Conexão com o WhatsApp</title>
<link rel="stylesheet" href="/admin/qr/page.css">
<link rel="icon" href="data:,">
${login === null ? '' : '<script src="/admin/qr/page.js" defer></script>\n<noscript><meta http-equiv="refresh" content="10"></noscript>'}
</head>
<body>
<main>
<h1 id="title" tabindex="-1">Conexão com o WhatsApp</h1>
<p id="state" role="status">${stateWords[status.state]} desde ${since.format(status.since)}.</p>
<p id="contact" role="status"></p>
${login === null ? `<p>O driver <code>${driver}</code> não usa QR code: não há nada para ler aqui.</p>` : loginParts(content, login)}
</main>
</body>
</html>
`
}

function loginParts(content: QrPageContent, login: NonNullable<QrPageContent['login']>): string {
  return `<section id="qr" aria-label="QR code">${qrPart(content, login.isWaiting)}</section>
<section id="actions" aria-label="Ações">${actionsPart(content.status.state, login)}</section>`
}

function qrPart({ status, timeZone }: QrPageContent, isWaiting: boolean): string {
  const { qrAttempt, qrExpiresAt } = status
  if (qrAttempt !== null && qrExpiresAt !== null) {
    const until = new Intl.DateTimeFormat('pt-BR', { timeStyle: 'medium', timeZone }).format(qrExpiresAt)
    return `
<p>No celular da conta: WhatsApp, Aparelhos conectados, Conectar um aparelho, e aponte a câmera para o QR code.</p>
<img src="/admin/qr/image.png?n=${qrAttempt}" width="290" height="290" alt="QR code número ${qrAttempt} para conectar o WhatsApp. Ele só pode ser lido pela câmera do celular da conta.">
<p>QR code número ${qrAttempt}, válido até ${until}, no máximo; ele troca sozinho. Quem o lê fica com a conta: não o fotografe nem o encaminhe.</p>
`
  }
  if (status.state === 'banned') {
    return '<p>O WhatsApp recusou esta conta. Veja o aplicativo no celular antes de tentar de novo.</p>'
  }
  if (isWaiting) {
    return '<p>Nenhum QR code está sendo mostrado. Com o celular da conta à mão, peça um novo.</p>'
  }
  return isLoggedIn(status.state)
    ? '<p>As mensagens saem por esta conta.</p>'
    : '<p>Aguarde: a página se atualiza.</p>'
}

function actionsPart(state: ConnectionState, { formToken }: { formToken: string }): string {
  const token = `<input type="hidden" name="token" value="${formToken}">`
  if (!isLoggedIn(state)) {
    return `
<form method="post" action="/admin/qr/new">${token}<button id="new-qr">Novo QR code</button></form>
`
  }
  return `
<details><summary id="log-out">Sair da conta</summary>
<p>As mensagens param de sair até que um QR code seja lido de novo.</p>
<form method="post" action="/admin/qr/log-out">${token}<button id="log-out-now">Sim, sair da conta</button></form>
</details>
`
}
