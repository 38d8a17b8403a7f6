import { stringify } from 'csv-stringify/sync'
import { foldedText } from '../../folded-text.ts'
import type { User } from '../user-repository.ts'
import { parseUserField, UserFieldError, type UserFieldName, type UserFields } from '../user-fields.ts'
import { type CsvLine, CsvFileError, decodeText, parseCsv, protectedCell } from './csv-text.ts'

/** One person of the file; fields that the file has no column for aren't there. */
export interface UserLine {
  line: number
  fields: UserFields & { code: string; name: string }
}

/** Something wrong in one line. */
export interface LineFault {
  /** From 1, as an editor counts. */
  line: number
  /** The column's heading; null for the whole line. */
  column: string | null
  reason: string
  /** The person's code where it can be read. */
  code: string | null
}

export interface UsersFile {
  users: UserLine[]
  faults: LineFault[]
  /** Headings that say nothing about a person here. */
  ignoredColumns: string[]
}

/** The heading each field is exported under, and what else people write for it (compared without accents and signs). */
const headings: Readonly<Record<UserFieldName, readonly [string, ...string[]]>> = {
  code: ['código', 'cod', 'matrícula', 'mat', 'registro', 'cadastro', 'código de cadastro', 'usuário'],
  name: ['nome', 'nome completo', 'servidor', 'funcionário', 'colaborador'],
  department: ['setor', 'departamento', 'secretaria', 'lotação', 'depto', 'órgão', 'unidade'],
  whatsapp: ['whatsapp', 'whats', 'celular', 'telefone', 'fone', 'telefone celular', 'número do whatsapp'],
  extension: ['ramal', 'ramal interno'],
  email: ['e-mail', 'correio eletrônico', 'endereço de e-mail'],
  active: ['ativo', 'situação', 'status', 'ativa'],
  notices: ['avisos', 'recebe avisos', 'avisos de chamado', 'notificações'],
}

const fieldNames = Object.keys(headings) as readonly UserFieldName[]
const fieldOfHeading = new Map(
  fieldNames.flatMap((field) => headings[field].map((heading) => [normalized(heading), field] as const)),
)

const peopleMax = 200_000

/**
 * Reads a file of people, every line of it, and gives what is fine and what isn't.
 * @throws CsvFileError when it is no table of people: no code or name column, one field in two columns, too long
 */
export function readUsersFile(bytes: Uint8Array): UsersFile {
  const [heading, ...lines] = parseCsv(decodeText(bytes))
  if (heading === undefined) {
    throw new CsvFileError('o arquivo está vazio')
  }
  if (lines.length > peopleMax) {
    throw new CsvFileError(`o arquivo tem mais de ${peopleMax} pessoas`)
  }
  const columns = readHeading(heading)
  const file: UsersFile = {
    users: [],
    faults: [],
    ignoredColumns: heading.cells.filter((_cell, index) => columns[index] === null),
  }
  const firstLines = new Map<string, number>()
  for (const line of lines) {
    readLine(file, line, { columns, heading, firstLines })
  }
  return file
}

/** A file that {@link readUsersFile} reads back unchanged; begins with a byte order mark, so that Excel reads it as UTF-8. */
export function writeUsersFile(users: readonly User[]): string {
  const rows = users.map((user) => fieldNames.map((field) => cellOf(user[field])))
  const cells = rows.map((row) => row.map(protectedCell))
  return stringify([fieldNames.map((field) => headings[field][0]), ...cells], { bom: true, delimiter: ';' })
}

function cellOf(value: string | boolean | null): string {
  return typeof value === 'boolean' ? (value ? 'sim' : 'não') : (value ?? '')
}

type Columns = readonly (UserFieldName | null)[]

function readHeading({ cells }: CsvLine): Columns {
  const columns = cells.map((cell) => fieldOfHeading.get(normalized(cell)) ?? null)
  for (const field of fieldNames) {
    const named = cells.filter((_cell, index) => columns[index] === field)
    if (named.length > 1) {
      throw new CsvFileError(`as colunas ${named.map((cell) => `"${cell}"`).join(' e ')} dizem o mesmo`)
    }
  }
  for (const field of ['code', 'name'] as const) {
    if (!columns.includes(field)) {
      throw new CsvFileError(`falta a coluna "${headings[field][0]}" na primeira linha`)
    }
  }
  return columns
}

function readLine(
  file: UsersFile,
  { number, cells }: CsvLine,
  given: { columns: Columns; heading: CsvLine; firstLines: Map<string, number> },
): void {
  const { columns, heading, firstLines } = given
  const fields: UserFields = {}
  const found: Omit<LineFault, 'code'>[] = []
  const note = (column: string | null, reason: string) => void found.push({ line: number, column, reason })
  if (cells.length !== columns.length) {
    note(null, `tem ${cells.length} campos em vez de ${columns.length}`)
  } else {
    for (const [index, field] of columns.entries()) {
      if (field !== null) {
        const reason = readField(fields, field, cells[index] ?? '')
        if (reason !== null) {
          note(heading.cells[index] ?? null, reason)
        }
      }
    }
  }
  const { code, name } = fields
  const earlier = code === undefined ? undefined : firstLines.get(code)
  if (code !== undefined && earlier !== undefined) {
    note(null, `repete o código ${code} da linha ${earlier}`)
  } else if (code !== undefined) {
    firstLines.set(code, number)
  }
  if (found.length === 0 && code !== undefined && name !== undefined) {
    file.users.push({ line: number, fields: { ...fields, code, name } })
  }
  file.faults.push(...found.map((fault) => ({ ...fault, code: code ?? null })))
}

/** Adds a field to those read; gives why it can't be read, or null. */
function readField(fields: UserFields, field: UserFieldName, cell: string): string | null {
  try {
    Object.assign(fields, parseUserField(field, cell))
    return null
  } catch (error) {
    if (!(error instanceof UserFieldError)) {
      throw error
    }
    return error.message
  }
}

/** Letters and digits alone, lower case, without accents. */
function normalized(heading: string): string {
  return foldedText(heading).replaceAll(/[^a-z0-9]/g, '')
}
