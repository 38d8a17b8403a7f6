import type { ConnectionState, ConnectionStatus } from '../drivers/driver.ts'

const stateWords: Readonly<Record<ConnectionState, string>> = {
  starting: 'Iniciando a conexão',
  qr: 'Aguardando a leitura do QR code',
  connected: 'Conectado',
  degraded: 'Conectado, com instabilidade na conexão',
  logged_out: 'Desconectado da conta',
  banned: 'Conta bloqueada pelo WhatsApp',
}

/** The admin page (HTML, pt-BR): the connection's state in words, and that this driver needs no QR code. */
export function renderQrPage(options: {
  driver: string
  status: ConnectionStatus
  timeZone: string
}): string {
  const { driver, status, timeZone } = options
  const since = new Intl.DateTimeFormat('pt-BR', { dateStyle: 'short', timeStyle: 'medium', timeZone })
  return `<!doctype html>
<html lang="pt-BR">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Conexão com o WhatsApp</title>
</head>
<body>
<h1>Conexão com o WhatsApp</h1>
<p>${stateWords[status.state]} desde ${since.format(status.since)}.</p>
<p>O driver <code>${driver}</code> não usa QR code: não há nada para ler aqui.</p>
</body>
</html>
`
}
