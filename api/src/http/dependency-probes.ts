import { sql } from 'kysely'
import type { ApiContext } from '../context.ts'
import { isBusy, isUnavailable } from '../database/database-errors.ts'
import type { SpeechStats } from '../speech/speech-service.ts'
import type { DependencyName, Finding, Probe } from './dependencies.ts'

/** How each dependency is asked, and what is told when it doesn't fare well. */
export function dependencyProbes({
  db,
  gateway,
  speech,
}: Pick<ApiContext, 'db' | 'gateway' | 'speech'>): Readonly<Record<DependencyName, Probe>> {
  return {
    async banco() {
      try {
        // Migrations are done before the server listens, so a database that answers is one that is migrated.
        await sql`select 1`.execute(db)
        return null
      } catch (error) {
        return isBusy(error) || isUnavailable(error)
          ? 'Não há conexão com o banco de dados.'
          : 'O banco de dados respondeu com um erro.'
      }
    },
    async whatsapp() {
      return (await gateway.isAvailable())
        ? null
        : 'O gateway não responde, recusa o token ou não está conectado ao WhatsApp.'
    },
    async voz() {
      return speechFinding(speech.stats())
    },
  }
}

/** What callers hear decides: the embedded voice in the place of a cloud's is speech, recordings alone are not. */
function speechFinding({ breakers, isStorageFailing }: SpeechStats): Finding {
  const [preferred, fallback] = breakers
  if (isStorageFailing) {
    return 'A pasta dos áudios não aceita arquivos novos: disco cheio ou sem permissão.'
  }
  if (preferred === undefined || preferred.state === 'closed') {
    return null
  }
  return fallback?.state === 'closed'
    ? { degradedBecause: 'O Amazon Polly falhou várias vezes seguidas; a voz embutida fala no lugar dele.' }
    : 'A síntese de voz falhou várias vezes seguidas.'
}
