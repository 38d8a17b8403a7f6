import { addUsers } from '@ura/api/users/user-repository'
import type { Database } from '@ura/api/database/schema'

/** People of a city hall; their registration codes begin with 1001. */
export const USERS = 1_500

/** Adds them to an empty database. */
export async function addPopulation(db: Database): Promise<void> {
  const users = Array.from({ length: USERS }, (_, index) => ({
    code: String(1_001 + index),
    name: `Pessoa de Número ${index}`,
    department: 'Obras',
    whatsapp: null,
    extension: null,
    email: null,
  }))
  await addUsers(db, users, new Date())
}
