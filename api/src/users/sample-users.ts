import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { addUsers, type User } from './user-repository.ts'

type SampleUser = Omit<User, 'id' | 'active' | 'notices'>

/** Invented people with numbers that nobody has, for a first try; 1005 can't be reached on purpose, 1006 by e-mail alone. */
export const sampleUsers: readonly SampleUser[] = [
  sample('1001', 'João da Conceição', 'Obras', '+5545999990001'),
  sample('1002', 'Maria Antônia de Araújo', 'Saúde', '+5545999990002'),
  sample('1003', 'Luís Gonçalves', 'Educação', '+5545999990003'),
  sample('1004', 'Inês Müller', 'Finanças', '+5545999990004'),
  sample('1005', 'Sebastião Pinhão', 'Almoxarifado', null),
  { ...sample('1006', 'Teresa Nakamura', 'Biblioteca', null), email: 'teresa@prefeitura.example' },
]

/** Adds the sample users when there are no users at all; tells whether it did. */
export async function ensureSampleUsers(db: Database, now: Date): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const someone = await trx.selectFrom('users').select('id').limit(1).executeTakeFirst()
    if (someone !== undefined) {
      return false
    }
    await addUsers(trx, sampleUsers, now)
    return true
  })
}

function sample(code: string, name: string, department: string, whatsapp: string | null): SampleUser {
  return { code, name, department, whatsapp, extension: `2${code.slice(1)}`, email: null }
}
