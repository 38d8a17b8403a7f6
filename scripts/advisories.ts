import { spawnSync } from 'node:child_process'

/**
 * `npm run advisories`: what `npm audit` knows against the production dependencies. Exit code 1 when there is something,
 * 2 when the registry doesn't answer that question: silence is not a clean bill.
 */
const { stdout } = spawnSync('npm', ['audit', '--omit', 'dev', '--json'], {
  cwd: new URL('..', import.meta.url),
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
})
const total = totalOf(stdout)
if (total === null) {
  console.error('Avisos de segurança NÃO verificados: o registro de pacotes não responde a essa consulta.')
  process.exitCode = 2
} else {
  console.log(total === 0 ? 'Nenhum aviso de segurança nas dependências de produção.' : stdout)
  process.exitCode = total === 0 ? 0 : 1
}

function totalOf(text: string): number | null {
  try {
    const report = JSON.parse(text) as { metadata?: { vulnerabilities?: { total?: number } } }
    return report.metadata?.vulnerabilities?.total ?? null
  } catch {
    return null
  }
}
