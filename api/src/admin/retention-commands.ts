import { recordAudit } from '../audit/audit-log.ts'
import { listPersonalAudio, removeFiles } from '../retention/personal-audio.ts'
import { countExpired, removeExpired, retentionRules } from '../retention/retention.ts'
import {
  type AdminContext,
  type CommandOutcome,
  type Commands,
  dryRunOption,
  formatTable,
  requireConfirmation,
  yesOption,
} from './command.ts'

const tableWords: Readonly<Record<string, string>> = {
  access_codes: 'códigos de acesso',
  calls: 'ligações',
  ticket_voice_notes: 'gravações de quem ligou',
  audit_log: 'auditoria',
  idempotency_keys: 'chaves de idempotência',
  personal_audio: 'áudios pessoais (desta máquina)',
}

export const retentionCommands: Commands = {
  'retention show': {
    usage: 'retention show',
    summary: 'Mostra por quantos dias cada dado é guardado e quanto já passou do prazo',
    positionals: { min: 0, max: 0 },
    explanation:
      'Os prazos são de RETENTION_CODE_DAYS, RETENTION_CALL_DAYS, RETENTION_VOICE_NOTE_DAYS, RETENTION_AUDIT_DAYS e SPEECH_PERSONAL_DAYS.\n' +
      'A API remove o que venceu uma vez por dia.',
    run: async (context) => await showExpired(context, ''),
  },
  'retention run': {
    usage: 'retention run',
    summary: 'Remove agora o que passou do prazo',
    positionals: { min: 0, max: 0 },
    options: { ...dryRunOption, ...yesOption },
    async run(context, input) {
      if (input.has('dry-run')) {
        return await showExpired(context, '\nSimulação, nada foi removido.')
      }
      const expired = await countAll(context)
      const total = expired.reduce((sum, { rows }) => sum + rows, 0)
      if (total > 0) {
        await requireConfirmation(context, input, `Remover ${total} registros vencidos?`)
      }
      return await remove(context, new Map(expired.map(({ what, rows }) => [what, rows])))
    },
  },
}

async function countAll({ db, config, now }: AdminContext) {
  const expired = []
  for (const rule of retentionRules(config)) {
    expired.push({ what: rule.table as string, days: rule.days, rows: await countExpired(db, rule, now) })
  }
  const audio = await listPersonalAudio(config.dataFolder, audioLimit(config.speechPersonalDays, now), now)
  return [...expired, { what: 'personal_audio', days: config.speechPersonalDays, rows: audio.length }]
}

async function showExpired(context: AdminContext, conclusion: string): Promise<CommandOutcome> {
  const expired = await countAll(context)
  const rows = expired.map(({ what, days, rows: count }) => [tableWords[what] ?? what, `${days}`, `${count}`])
  return { data: { expired }, text: formatTable([['O QUÊ', 'DIAS', 'VENCIDOS'], ...rows]) + conclusion }
}

async function remove(context: AdminContext, expected: ReadonlyMap<string, number>): Promise<CommandOutcome> {
  const { db, config, now, actor, terminal } = context
  const counts = await removeExpired(db, {
    rules: retentionRules(config),
    now,
    onProgress: ({ table }, done) =>
      terminal.progress(`Removendo ${tableWords[table]}`, done, Math.max(done, expected.get(table) ?? 0)),
  })
  const audio = await listPersonalAudio(config.dataFolder, audioLimit(config.speechPersonalDays, now), now)
  await removeFiles(audio)
  const removed = { ...Object.fromEntries(counts), personal_audio: audio.length }
  await recordAudit(db, { event: 'retention_run', source: { actor }, at: now, detail: removed })
  const lines = Object.entries(removed).map(([what, count]) => `${tableWords[what]}: ${count} removidos`)
  return { data: { removed }, text: lines.join('\n') }
}

function audioLimit(days: number, now: Date): Date {
  return new Date(now.getTime() - days * 86_400_000)
}
