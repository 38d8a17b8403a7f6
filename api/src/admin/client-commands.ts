import { isNetwork } from '@ura/core/settings'
import { inTransaction } from '../database/transaction.ts'
import { recordAudit } from '../audit/audit-log.ts'
import {
  type ClientRole,
  clientRoles,
  createClient,
  listClients,
  revokeClient,
  rotateClientToken,
} from '../authentication/client-repository.ts'
import {
  type Commands,
  formatTable,
  integerOption,
  RefusedError,
  requireConfirmation,
  UsageError,
  yesOption,
} from './command.ts'

export const clientCommands: Commands = {
  'clients create': {
    usage: 'clients create NOME --networks LISTA',
    summary: 'Cria um cliente da API e mostra o token dele, uma única vez',
    positionals: { min: 1, max: 1 },
    options: {
      networks: { value: 'LISTA', summary: 'Redes de onde pode chamar, como 10.0.0.0/8,::1/128' },
      role: { value: 'PAPEL', summary: `${clientRoles.join(', ')}; padrão phone` },
    },
    async run({ db, now, actor }, { positionals: [name = ''], value }) {
      if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(name)) {
        throw new UsageError('O nome tem de 1 a 64 letras sem acento, dígitos, ponto, hífen ou sublinhado.')
      }
      const networks = parseNetworks(value('networks'))
      const role = parseRole(value('role') ?? 'phone')
      const token = await inTransaction(db, async (trx) => {
        const made = await createClient(trx, { name, networks, role, now })
        if (made !== null) {
          const detail = { client: name, role, networks: networks.join(',') }
          await recordAudit(trx, { event: 'client_created', source: { actor }, at: now, detail })
        }
        return made
      })
      if (token === null) {
        throw new RefusedError(`Já existe um cliente "${name}".`)
      }
      return {
        data: { name, networks, role, token },
        text: `Cliente "${name}" criado. Guarde o token, ele não será mostrado de novo:\n${token}`,
      }
    },
  },
  'clients list': {
    usage: 'clients list',
    summary: 'Lista os clientes da API',
    positionals: { min: 0, max: 0 },
    async run({ db }) {
      const clients = await listClients(db)
      const rows = clients.map((client) => [
        client.name,
        client.networks.join(','),
        client.role,
        client.createdAt.toISOString(),
        client.lastUsedAt?.toISOString() ?? 'nunca',
        client.revokedAt === null ? 'ativo' : `revogado em ${client.revokedAt.toISOString()}`,
      ])
      return {
        data: clients.map(({ id: _id, ...client }) => client),
        text: formatTable([['NOME', 'REDES', 'PAPEL', 'CRIADO EM', 'ÚLTIMO USO', 'SITUAÇÃO'], ...rows]),
      }
    },
  },
  'clients rotate': {
    usage: 'clients rotate NOME',
    summary: 'Dá um token novo a um cliente e o mostra, uma única vez; o antigo e as sessões dele terminam',
    positionals: { min: 1, max: 1 },
    options: {
      grace: {
        value: 'MINUTOS',
        summary: 'O antigo ainda vale por esse tempo, até 10080 (7 dias); padrão 0',
      },
      ...yesOption,
    },
    async run(context, input) {
      const { db, now, actor } = context
      const [name = ''] = input.positionals
      const graceMinutes = integerOption(input, 'grace', { min: 0, max: 10_080, default: 0 })
      if (graceMinutes === 0) {
        await requireConfirmation(
          context,
          input,
          `O token atual de "${name}" deixa de valer agora. Continuar?`,
        )
      }
      const token = await inTransaction(db, async (trx) => {
        const made = await rotateClientToken(trx, name, { now, graceMinutes })
        if (made !== null) {
          const detail = { client: name, graceMinutes }
          await recordAudit(trx, { event: 'client_rotated', source: { actor }, at: now, detail })
        }
        return made
      })
      if (token === null) {
        throw new RefusedError(`Não há cliente ativo "${name}".`)
      }
      const until = graceMinutes === 0 ? 'já não vale' : `vale por mais ${graceMinutes} minutos`
      return {
        data: { name, graceMinutes, token },
        text: `O token antigo de "${name}" ${until}. Guarde o novo, ele não será mostrado de novo:\n${token}`,
      }
    },
  },
  'clients revoke': {
    usage: 'clients revoke NOME',
    summary: 'Revoga um cliente e todas as sessões dele',
    positionals: { min: 1, max: 1 },
    options: yesOption,
    async run(context, input) {
      const { db, now, actor } = context
      const [name = ''] = input.positionals
      await requireConfirmation(
        context,
        input,
        `O cliente "${name}" deixa de poder usar a API agora. Continuar?`,
      )
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

function parseRole(word: string): ClientRole {
  const role = clientRoles.find((candidate) => candidate === word)
  if (role === undefined) {
    throw new UsageError(`"${word}" não é um papel: ${clientRoles.join(', ')}.`)
  }
  return role
}
