import { recordAudit } from '../audit/audit-log.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { countOpenTickets, erasePerson } from '../privacy/erase-person.ts'
import { readPersonData } from '../privacy/person-data.ts'
import { listPersonalAudio, removeFiles } from '../retention/personal-audio.ts'
import { findUser, type User } from '../users/user-repository.ts'
import {
  type AdminContext,
  type CommandInput,
  type CommandOutcome,
  type Commands,
  RefusedError,
  requireConfirmation,
  yesOption,
} from './command.ts'
import { writePrivateFile } from './private-file.ts'

export const privacyCommands: Commands = {
  'privacy export': {
    usage: 'privacy export CÓDIGO [ARQUIVO.json]',
    summary: 'Exporta, em JSON, tudo o que o banco tem sobre uma pessoa (LGPD, art. 18)',
    positionals: { min: 1, max: 2 },
    options: { yes: { summary: 'Escreve por cima de um arquivo que já existe' } },
    async run({ db, now, actor }, input) {
      const [code = '', path] = input.positionals
      const user = await requireUser(db, code)
      const data = await readPersonData(db, user)
      const text = JSON.stringify(data, null, 2)
      if (path !== undefined) {
        await writePrivateFile(path, `${text}\n`, input.has('yes'))
      }
      await recordAudit(db, { event: 'user_data_exported', source: { actor }, at: now, userCode: code })
      return path === undefined
        ? { data, text }
        : { data: { path }, text: `Dados do usuário ${code} escritos em ${path}.` }
    },
  },
  'privacy erase': {
    usage: 'privacy erase CÓDIGO',
    summary: 'Apaga os dados de uma pessoa; os chamados ficam, sem ela. Não tem volta',
    positionals: { min: 1, max: 1 },
    options: {
      'with-open-tickets': { summary: 'Mesmo que haja chamados em andamento' },
      ...yesOption,
    },
    explanation: [
      'Some: nome, código, setor, WhatsApp, ramal, e-mail, códigos de acesso, o texto das anotações nos chamados,',
      'número e código nos registros de ligações, os áudios pessoais em DATA_DIR. Ficam: chamados e auditoria, com um',
      'pseudônimo. O gateway do WhatsApp guarda as mensagens que enviou pelo prazo dele.',
    ].join('\n'),
    run: erase,
  },
}

async function erase(context: AdminContext, input: CommandInput): Promise<CommandOutcome> {
  const { db, config, now, actor } = context
  const [code = ''] = input.positionals
  const { name } = await requireUser(db, code)
  await requireConfirmation(context, input, `Apagar para sempre os dados de ${name} (${code})?`)
  const erasure = await inTransaction(db, async (trx) => {
    const user = await requireUser(trx, code)
    const open = await countOpenTickets(trx, user.id)
    if (open > 0 && !input.has('with-open-tickets')) {
      throw new RefusedError(`Há ${open} chamados em andamento; encerre-os, ou use --with-open-tickets.`)
    }
    const erased = await erasePerson(trx, user, now)
    const { pseudonym, tickets } = erased
    await recordAudit(trx, {
      event: 'user_erased',
      source: { actor },
      at: now,
      userCode: pseudonym,
      detail: { tickets },
    })
    return erased
  })
  // Which file speaks the name is known only with the API's secret; all of them are made anew when they are needed.
  await removeFiles(await listPersonalAudio(config.dataFolder, new Date(now.getTime() + 86_400_000), now))
  return {
    data: erasure,
    text: `Dados apagados. ${erasure.tickets} chamados ficam em nome de "${erasure.pseudonym}".`,
  }
}

async function requireUser(db: Database, code: string): Promise<User> {
  const user = await findUser(db, code)
  if (user === null) {
    throw new RefusedError(`Não há usuário com o código "${code}".`)
  }
  return user
}
