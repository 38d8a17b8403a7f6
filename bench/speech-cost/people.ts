import type { Database } from '@ura/api/database/schema'
import { addUsers } from '@ura/api/users/user-repository'

const givenNames = [
  'João',
  'Maria',
  'José',
  'Ana',
  'Antônio',
  'Francisca',
  'Luís',
  'Adriana',
  'Sebastião',
  'Márcia',
]
const secondNames = ['Carlos', 'Aparecida', 'Henrique', 'Cristina', 'Paulo', 'Beatriz', 'Eduardo', 'Regina']
const familyNames = [
  'da Silva',
  'dos Santos',
  'de Oliveira',
  'Conceição',
  'Gonçalves',
  'Araújo',
  'Müller',
  'Pereira',
]

/** Adds so many people of a city hall, all with other names, and gives their registration codes. */
export async function addPeople(db: Database, count: number, now: Date): Promise<string[]> {
  const people = Array.from({ length: count }, (_, index) => ({
    code: String(5_001 + index),
    name: nameOf(index),
    department: 'Obras',
    whatsapp: `+55459988${String(10_000 + index)}`,
    extension: null,
    email: null,
  }))
  await addUsers(db, people, now)
  return people.map(({ code }) => code)
}

function nameOf(index: number): string {
  const given = givenNames[index % givenNames.length]
  const second = secondNames[Math.floor(index / givenNames.length) % secondNames.length]
  const family = familyNames[Math.floor(index / givenNames.length / secondNames.length) % familyNames.length]
  return `${given} ${second} ${family}`
}
