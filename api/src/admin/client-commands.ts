import { isNetwork } from '@ura/core/settings'
import { inTransaction } from '../database/transaction.ts'
import { recordAudit } from '../audit/audit-log.ts'
import { createClient, listClients, revokeClient } from '../authentication/client-repository.ts'
import { type Command, formatTable, RefusedError, UsageError } from './command.ts'

export const clientCommands: Readonly<Record<string, Command>> = {
  'clients create': {
    usage: 'clients create NOME --networks LISTA',
    summary: 'Cria um cliente da API e mostra o token dele, uma única vez',
    positionals: { min: 1, max: 1 },
    options: ['networks'],
    async run({ db, now, actor }, { positionals: [name = ''], options }) {
      if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(name)) {
        throw new UsageError('O nome tem de 1 a 64 letras sem acento, dígitos, ponto, hífen ou sublinhado.')
      }
      const networks = parseNetworks(options.networks)
      const token = await inTransaction(db, async (trx) => {
        const made = await createClient(trx, { name, networks, now })
        if (made !== null) {
          const detail = { client: name, networks: networks.join(',') }
          await recordAudit(trx, { event: 'client_created', source: { actor }, at: now, detail })
        }
        return made
      })
      if (token === null) {
        throw new RefusedError(`Já existe um cliente "${name}".`)
      }
      return {
        data: { name, networks, token },
        text: `Cliente "${name}" criado. Guarde o token, ele não será mostrado de novo:\n${token}`,
      }
    },
  },
  'clients list': {
    usage: 'clients list',
    summary: 'Lista os clientes da API',
    positionals: { min: 0, max: 0 },
    options: [],
    async run({ db }) {
      const clients = await listClients(db)
      const rows = clients.map((client) => [
        client.name,
        client.networks.join(','),
        client.createdAt.toISOString(),
        client.revokedAt === null ? 'ativo' : `revogado em ${client.revokedAt.toISOString()}`,
      ])
      return {
        data: clients.map(({ name, networks, createdAt, revokedAt }) => ({
          name,
          networks,
          createdAt,
          revokedAt,
        })),
        text: formatTable([['NOME', 'REDES', 'CRIADO EM', 'SITUAÇÃO'], ...rows]),
      }
    },
  },
  'clients revoke': {
    usage: 'clients revoke NOME',
    summary: 'Revoga um cliente e todas as sessões dele',
    positionals: { min: 1, max: 1 },
    options: [],
    async run({ db, now, actor }, { positionals: [name = ''] }) {
      const revoked = await inTransaction(db, async (trx) => {
        const done = await revokeClient(trx, name, now)
        if (done) {
          await recordAudit(trx, {
            event: 'client_revoked',
            source: { actor },
            at: now,
            detail: { client: name },
          })
        }
        return done
      })
      if (!revoked) {
        throw new RefusedError(`Não há cliente ativo "${name}".`)
      }
      return {
        data: { name, revoked: true },
        text: `Cliente "${name}" revogado; as sessões dele terminaram.`,
      }
    },
  },
}

function parseNetworks(list: string | undefined): string[] {
  if (list === undefined) {
    throw new UsageError('Informe as redes permitidas: --networks 10.0.0.0/8,::1/128')
  }
  const networks = list.split(',').map((network) => network.trim())
  const bad = networks.find((network) => !isNetwork(network))
  if (bad !== undefined || networks.length > 50) {
    throw new UsageError(`"${bad ?? list}" não é uma rede como 10.0.0.0/8 ou ::1/128.`)
  }
  return networks
}
