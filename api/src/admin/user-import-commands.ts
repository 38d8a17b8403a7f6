import { readFile, stat } from 'node:fs/promises'
import { recordAudit } from '../audit/audit-log.ts'
import { inTransaction } from '../database/transaction.ts'
import { CsvFileError } from '../users/import/csv-text.ts'
import type { ImportPlan } from '../users/import/import-plan.ts'
import { applyImportPlan, type ImportRequest, planUsersImport } from '../users/import/import-users.ts'
import { readUsersFile, type LineFault, type UsersFile, writeUsersFile } from '../users/import/users-csv.ts'
import { listUsers } from '../users/user-repository.ts'
import {
  type AdminContext,
  type CommandInput,
  type CommandOutcome,
  type Commands,
  dryRunOption,
  RefusedError,
  requireConfirmation,
  yesOption,
} from './command.ts'
import { writePrivateFile } from './private-file.ts'

const fileBytesMax = 100 * 1024 * 1024
const shownFaultsMax = 200

export const userImportCommands: Commands = {
  'users import': {
    usage: 'users import ARQUIVO.csv',
    summary: 'Importa usuários de um arquivo CSV: inclui os novos, atualiza os que já existem',
    positionals: { min: 1, max: 1 },
    options: {
      ...dryRunOption,
      'skip-bad-lines': { summary: 'Importa as linhas boas mesmo que haja linhas com erro' },
      'deactivate-missing': { summary: 'Desativa quem não está no arquivo' },
      ...yesOption,
    },
    explanation: [
      'A primeira linha dá nome às colunas: código (ou matrícula), nome, setor, whatsapp, ramal, e-mail, ativo, avisos.',
      'Separador ; , ou tabulação; UTF-8 ou Windows-1252. Colunas que faltam ficam como estão; uma célula vazia',
      'apaga o dado. Uma linha com erro e nada muda, a não ser com --skip-bad-lines.',
    ].join('\n'),
    run: importUsers,
  },
  'users export': {
    usage: 'users export [ARQUIVO.csv]',
    summary:
      'Exporta todos os usuários, com telefone e e-mail inteiros, num CSV que pode ser importado de volta',
    positionals: { min: 0, max: 1 },
    options: { yes: { summary: 'Escreve por cima de um arquivo que já existe' } },
    run: exportUsers,
  },
}

async function importUsers(context: AdminContext, input: CommandInput): Promise<CommandOutcome> {
  const [path = ''] = input.positionals
  const file = await readFileOfUsers(path)
  const request = importRequest(file, input)
  const planned = await planUsersImport(context.db, request)
  const isDryRun = input.has('dry-run')
  if (isDryRun) {
    return outcomeOf(file, planned, 'Simulação, nada foi mudado.')
  }
  if (planned.missing.length > 0) {
    const question = `${planned.missing.length} usuários que não estão no arquivo serão desativados. Continuar?`
    await requireConfirmation(context, input, question)
  }
  const done = await carryOut(context, request, planned)
  return outcomeOf(file, done, 'Importação concluída.')
}

/** All of it in one transaction, planned anew inside it: what is written fits what is there then. */
async function carryOut(
  { db, now, actor, terminal }: AdminContext,
  request: ImportRequest,
  agreed: ImportPlan,
): Promise<ImportPlan> {
  return await inTransaction(db, async (trx) => {
    const plan = await planUsersImport(trx, request)
    if (plan.missing.length > agreed.missing.length) {
      throw new RefusedError('Os usuários mudaram nesse meio-tempo; nada foi feito. Tente de novo.')
    }
    const total = plan.added.length + plan.changed.length + plan.missing.length
    const onProgress = (done: number) => terminal.progress('Importando', done, total)
    await applyImportPlan(trx, plan, { now, onProgress })
    const detail = {
      added: plan.added.length,
      changed: plan.changed.length,
      unchanged: plan.unchanged,
      deactivated: plan.missing.length,
    }
    await recordAudit(trx, { event: 'users_imported', source: { actor }, at: now, detail })
    return plan
  })
}

async function readFileOfUsers(path: string): Promise<UsersFile> {
  try {
    const { size } = await stat(path)
    if (size > fileBytesMax) {
      throw new CsvFileError('o arquivo tem mais de 100 MB')
    }
    return readUsersFile(await readFile(path))
  } catch (error) {
    if (error instanceof CsvFileError) {
      throw new RefusedError(`${path}: ${error.message}. Nada foi mudado.`)
    }
    if (error instanceof Error && 'syscall' in error) {
      throw new RefusedError(`Não foi possível ler ${path}: ${error.message}`)
    }
    throw error
  }
}

/** @throws RefusedError for bad lines, unless they are to be skipped */
function importRequest({ users, faults }: UsersFile, input: CommandInput): ImportRequest {
  if (faults.length > 0 && !input.has('skip-bad-lines')) {
    const lines = [...faultLines(faults), 'Nada foi mudado. Corrija as linhas, ou use --skip-bad-lines.']
    throw new RefusedError(lines.join('\n'), { faults })
  }
  if (users.length === 0) {
    throw new RefusedError('O arquivo não tem nenhum usuário. Nada foi mudado.')
  }
  const deactivateMissing = input.has('deactivate-missing')
  if (deactivateMissing && faults.some(({ code }) => code === null)) {
    const reason = 'Há linhas sem código legível: não dá para saber quem falta. Nada foi mudado.'
    throw new RefusedError([...faultLines(faults), reason].join('\n'), { faults })
  }
  return {
    users: users.map(({ fields }) => fields),
    otherCodes: new Set(faults.flatMap(({ code }) => code ?? [])),
    deactivateMissing,
  }
}

function faultLines(faults: readonly LineFault[]): string[] {
  const shown = faults
    .slice(0, shownFaultsMax)
    .map(({ line, column, reason }) => `linha ${line}${column === null ? '' : `, ${column}`}: ${reason}`)
  const hidden = faults.length - shown.length
  return hidden === 0 ? shown : [...shown, `… e mais ${hidden} erros (todos com --json)`]
}

function outcomeOf(file: UsersFile, plan: ImportPlan, conclusion: string): CommandOutcome {
  const { faults, ignoredColumns } = file
  const badLines = new Set(faults.map(({ line }) => line)).size
  const data = {
    added: plan.added.map(({ code }) => code),
    changed: plan.changed.map(({ code, changes }) => ({ code, fields: Object.keys(changes) })),
    deactivated: plan.missing.map(({ code }) => code),
    unchanged: plan.unchanged,
    ignoredColumns,
    faults,
  }
  const text = [
    ...faultLines(faults),
    ...(ignoredColumns.length === 0 ? [] : [`Colunas ignoradas: ${ignoredColumns.join(', ')}`]),
    `Novos: ${data.added.length}, alterados: ${data.changed.length}, sem mudança: ${plan.unchanged}, ` +
      `desativados: ${data.deactivated.length}, linhas com erro: ${badLines}.`,
    conclusion,
  ]
  return { data, text: text.join('\n') }
}

async function exportUsers({ db, now, actor }: AdminContext, input: CommandInput): Promise<CommandOutcome> {
  const users = await listUsers(db)
  const text = writeUsersFile(users)
  const [path] = input.positionals
  if (path !== undefined) {
    await writePrivateFile(path, text, input.has('yes'))
  }
  const detail = { count: users.length }
  await recordAudit(db, { event: 'users_exported', source: { actor }, at: now, detail })
  return path === undefined
    ? { data: users, text: text.trimEnd() }
    : { data: { path, count: users.length }, text: `${users.length} usuários escritos em ${path}.` }
}
