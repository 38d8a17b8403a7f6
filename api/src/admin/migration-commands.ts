import { databaseUrlOf } from '../config.ts'
import { recordAudit } from '../audit/audit-log.ts'
import { migrate } from '../database/migrations.ts'
import { readMigrationStates } from './admin-database.ts'
import { type Commands, formatTable } from './command.ts'

export const migrationCommands: Commands = {
  'migrations status': {
    usage: 'migrations status',
    summary: 'Mostra as migrações do banco de dados, aplicadas e por aplicar; não muda nada',
    positionals: { min: 0, max: 0 },
    schema: 'any',
    async run({ db, config }) {
      const states = await readMigrationStates(db)
      const missing = states.filter(({ appliedAt }) => appliedAt === null).length
      const rows = states.map(({ name, appliedAt, statementsDone }) => [
        name,
        appliedAt?.toISOString() ??
          (statementsDone === null ? 'por aplicar' : `interrompida após ${statementsDone} comandos`),
      ])
      const kind = databaseUrlOf(config).startsWith('mysql:') ? 'servidor' : 'SQLite'
      return {
        data: { missing, migrations: states },
        text: [
          formatTable([['MIGRAÇÃO', 'APLICADA EM'], ...rows]),
          missing === 0 ? `O banco (${kind}) está em dia.` : `Faltam ${missing} (${kind}).`,
        ].join('\n'),
      }
    },
  },
  'migrations up': {
    usage: 'migrations up',
    summary: 'Aplica as migrações que faltam',
    positionals: { min: 0, max: 0 },
    schema: 'any',
    explanation:
      'Pare a API e faça uma cópia do banco antes. No SQLite ou tudo se aplica, ou nada; no MySQL e no MariaDB uma\n' +
      'execução interrompida continua de onde parou.',
    async run({ db, clock, now, actor, terminal }) {
      await readMigrationStates(db)
      const applied = await migrate(db, {
        now,
        onWait: (seconds) => terminal.progress(`Outro programa muda o banco; espera de ${seconds} s`, 0, 1),
        onProgress: ({ name, number, count }) => terminal.progress(`Migração ${name}`, number - 1, count),
      })
      if (applied.length > 0) {
        terminal.progress('Migrações', applied.length, applied.length)
        const detail = { count: applied.length, last: applied.at(-1) ?? null }
        await recordAudit(db, { event: 'migrations_applied', source: { actor }, at: clock.now(), detail })
      }
      return {
        data: { applied },
        text:
          applied.length === 0
            ? 'O banco já estava em dia.'
            : `${applied.length} migrações aplicadas, até ${applied.at(-1)}.`,
      }
    },
  },
}
