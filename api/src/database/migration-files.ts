import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type MigrationWords, sqliteMigrationWords } from './dialect.ts'

/** One file of `migrations/`: forward only, never edited once applied. */
export interface Migration {
  readonly name: string
  readonly statements: readonly string[]
  /** SHA-256 (hex) of the file's text: the same whatever the database. */
  readonly checksum: string
}

const migrationsFolder = fileURLToPath(new URL('../../../migrations/', import.meta.url))

/** Reads the migrations of a folder (default: the project's own), in the order of their names. */
export function loadMigrations(words: MigrationWords, folder = migrationsFolder): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) =>
      parseMigration(file.slice(0, -'.sql'.length), readFileSync(`${folder}/${file}`, 'utf8'), words),
    )
}

/** Splits a migration into statements (a statement ends with `;` at the end of a line) and fills in the dialect's words. */
export function parseMigration(
  name: string,
  text: string,
  words: MigrationWords = sqliteMigrationWords,
): Migration {
  const statements = text
    .replaceAll(/^--.*$/gm, '')
    .replaceAll('{{autoId}}', words.autoId)
    .replaceAll('{{tableOptions}}', words.tableOptions)
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
    .map((statement) => (words.inlineReferences ? statement : withForeignKeys(statement)))
    .map((statement) =>
      words.indexesWithinTables ? statement : statement.replace(/^(drop index \w+) on \w+$/, '$1'),
    )
  return { name, statements, checksum: createHash('sha256').update(text).digest('hex') }
}

/** A column's line: what it is, its name within that, the table it refers to, and the comma. */
const inlineReference = /^(?<column>\s*(?<name>\w+) .*?) (?<reference>references \w+ \(\w+\))(?<comma>,?)$/

/** Moves each column's `references` to a foreign key of the table, the form that every server takes for one. */
function withForeignKeys(statement: string): string {
  const foreignKeys: string[] = []
  const lines = statement.split('\n').map((line) => {
    const parts = inlineReference.exec(line)?.groups
    if (parts === undefined) {
      return line
    }
    foreignKeys.push(`  foreign key (${parts['name']}) ${parts['reference']}`)
    return `${parts['column']}${parts['comma']}`
  })
  if (foreignKeys.length === 0) {
    return statement
  }
  const end = lines.pop()
  return `${lines.join('\n')},\n${foreignKeys.join(',\n')}\n${end}`
}
