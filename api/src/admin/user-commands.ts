import { recordAudit } from '../audit/audit-log.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { differingFields } from '../users/import/import-plan.ts'
import { parseUserField, UserFieldError, type UserFields } from '../users/user-fields.ts'
import { addUser, changeUser, emptyUser, findUser, type User } from '../users/user-repository.ts'
import { maskedAddresses } from '../users/user-resources.ts'
import { findUsers } from '../users/user-search.ts'
import {
  type AdminContext,
  type CommandInput,
  type CommandOutcome,
  type Commands,
  formatTable,
  integerOption,
  RefusedError,
  UsageError,
} from './command.ts'

const fieldOptions = {
  name: { value: 'NOME', summary: 'Nome completo' },
  department: { value: 'SETOR', summary: 'Setor; vazio para tirar' },
  whatsapp: { value: 'NÚMERO', summary: 'WhatsApp com DDD; vazio para tirar' },
  extension: { value: 'RAMAL', summary: 'Ramal; vazio para tirar' },
  email: { value: 'E-MAIL', summary: 'E-mail; vazio para tirar' },
  notices: { value: 'SIM|NÃO', summary: 'Se recebe avisos dos chamados; códigos de acesso vão sempre' },
}
const fieldNames = Object.keys(fieldOptions) as (keyof typeof fieldOptions)[]

export const userCommands: Commands = {
  'users list': {
    usage: 'users list',
    summary: 'Lista os usuários por código, com telefone e e-mail mascarados',
    positionals: { min: 0, max: 0 },
    options: {
      search: { value: 'TEXTO', summary: 'Parte do código, do nome ou do setor, sem distinguir acentos' },
      active: { summary: 'Só ativos' },
      inactive: { summary: 'Só inativos' },
      'without-whatsapp': { summary: 'Só quem não tem WhatsApp cadastrado' },
      limit: { value: 'N', summary: 'Quantos no máximo, de 1 a 1000; padrão 50' },
      after: { value: 'CÓDIGO', summary: 'Continua depois deste código' },
    },
    run: listPage,
  },
  'users show': {
    usage: 'users show CÓDIGO',
    summary: 'Mostra um usuário, com telefone e e-mail mascarados',
    positionals: { min: 1, max: 1 },
    async run({ db }, { positionals: [code = ''] }) {
      const user = masked(await requireUser(db, code))
      const lines = [
        `Usuário ${user.code}: ${user.name}`,
        `Setor: ${user.department ?? '-'}`,
        `WhatsApp: ${user.whatsapp ?? '-'}`,
        `Ramal: ${user.extension ?? '-'}`,
        `E-mail: ${user.email ?? '-'}`,
        `Avisos dos chamados: ${user.notices ? 'sim' : 'não'}`,
        `Situação: ${activeWord(user)}`,
      ]
      return { data: user, text: lines.join('\n') }
    },
  },
  'users add': {
    usage: 'users add CÓDIGO --name NOME',
    summary: 'Inclui um usuário, ativo',
    positionals: { min: 1, max: 1 },
    options: fieldOptions,
    run: add,
  },
  'users change': {
    usage: 'users change CÓDIGO',
    summary: 'Muda os dados de um usuário',
    positionals: { min: 1, max: 1 },
    options: fieldOptions,
    async run(context, input) {
      const fields = readFields(input)
      if (Object.keys(fields).length === 0) {
        throw new UsageError('Diga o que muda, como --name "Maria Souza".')
      }
      return await change(context, input, fields)
    },
  },
  'users activate': {
    usage: 'users activate CÓDIGO',
    summary: 'Torna um usuário ativo de novo',
    positionals: { min: 1, max: 1 },
    run: (context, input) => change(context, input, { active: true }),
  },
  'users deactivate': {
    usage: 'users deactivate CÓDIGO',
    summary: 'Desativa um usuário: o código dele deixa de valer no telefone',
    positionals: { min: 1, max: 1 },
    run: (context, input) => change(context, input, { active: false }),
  },
}

async function listPage({ db }: AdminContext, input: CommandInput): Promise<CommandOutcome> {
  if (input.has('active') && input.has('inactive')) {
    throw new UsageError('Use --active ou --inactive, não os dois.')
  }
  const { users: found, next } = await findUsers(db, {
    search: input.value('search') ?? '',
    active: input.has('active') ? true : input.has('inactive') ? false : null,
    withoutWhatsapp: input.has('without-whatsapp'),
    after: input.value('after') ?? '',
    limit: integerOption(input, 'limit', { min: 1, max: 1_000, default: 50 }),
  })
  const users = found.map(masked)
  const rows = users.map((user) => [
    user.code,
    user.name,
    user.department ?? '-',
    user.whatsapp ?? '-',
    user.extension ?? '-',
    activeWord(user),
  ])
  const table = formatTable([['CÓDIGO', 'NOME', 'SETOR', 'WHATSAPP', 'RAMAL', 'SITUAÇÃO'], ...rows])
  return {
    data: { users, next },
    text: next === null ? table : `${table}\nHá mais: continue com --after ${next}`,
  }
}

async function add({ db, now, actor }: AdminContext, input: CommandInput): Promise<CommandOutcome> {
  const { name, ...fields } = readFields(input)
  const { code } = readField('code', input.positionals[0] ?? '')
  if (name === undefined || code === undefined) {
    throw new UsageError('Informe o nome: --name "Maria Souza"')
  }
  return await inTransaction(db, async (trx) => {
    if (!(await addUser(trx, { ...emptyUser, ...fields, code, name }, now))) {
      throw new RefusedError(`Já existe um usuário com o código ${code}.`)
    }
    await recordAudit(trx, { event: 'user_added', source: { actor }, at: now, userCode: code })
    return {
      data: masked(await requireUser(trx, code)),
      text: `Usuário ${code} incluído.`,
    }
  })
}

async function change(
  { db, now, actor }: AdminContext,
  { positionals: [code = ''] }: CommandInput,
  fields: UserFields,
): Promise<CommandOutcome> {
  return await inTransaction(db, async (trx) => {
    const user = await requireUser(trx, code)
    const changes = differingFields(user, fields)
    const names = Object.keys(changes)
    if (names.length === 0) {
      throw new RefusedError(`O usuário ${code} já está assim.`)
    }
    await changeUser(trx, user.id, changes, now)
    // Which fields, not what they hold: a phone number has no place in the audit log.
    const detail = {
      fields: names.join(','),
      ...(fields.active === undefined ? {} : { active: fields.active }),
    }
    await recordAudit(trx, { event: 'user_changed', source: { actor }, at: now, userCode: code, detail })
    return {
      data: masked({ ...user, ...changes }),
      text:
        fields.active === undefined
          ? `Usuário ${code} alterado.`
          : `Usuário ${code}: ${activeWord({ active: fields.active })}.`,
    }
  })
}

async function requireUser(db: Database, code: string): Promise<User> {
  const user = await findUser(db, code)
  if (user === null) {
    throw new RefusedError(`Não há usuário com o código "${code}".`)
  }
  return user
}

function readFields(input: CommandInput): UserFields {
  return Object.assign(
    {},
    ...fieldNames.map((field) => {
      const text = input.value(field)
      return text === undefined ? {} : readField(field, text)
    }),
  ) as UserFields
}

function readField(field: 'code' | keyof typeof fieldOptions, text: string): UserFields {
  try {
    return parseUserField(field, text)
  } catch (error) {
    if (!(error instanceof UserFieldError)) {
      throw error
    }
    throw new UsageError(`${field === 'code' ? 'O código' : `--${field}`} ${error.message}.`)
  }
}

function masked(user: User): Omit<User, 'id'> {
  const { id: _id, ...fields } = user
  return { ...fields, ...maskedAddresses(user) }
}

function activeWord({ active }: { active: boolean }): string {
  return active ? 'ativo' : 'inativo'
}
