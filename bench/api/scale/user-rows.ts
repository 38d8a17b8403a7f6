import { codeOf, draw, whatsappOf } from './population.ts'

const firstNames = ['Ana', 'Beto', 'Célia', 'Dário', 'Érica', 'Fábio', 'Gilda', 'Hélio', 'Inês', 'João']
const lastNames = ['Alves', 'Barbosa', 'Conceição', 'Dias', 'Esteves', 'Farias', 'Góes', 'Lima', 'Nunes']

/** Users who share an extension. */
const usersOfExtension = 10

/** The `number`-th user, from 0, as `addUsers` takes one. */
export function userOf(number: number) {
  const [first, last] = [draw(number, 2, firstNames.length), draw(number, 3, lastNames.length)]
  return {
    code: codeOf(number),
    name: `${firstNames[first]} ${lastNames[last]} ${number}`,
    department: `Setor ${draw(number, 4, 40)}`,
    whatsapp: whatsappOf(number),
    extension: String(2_000 + Math.floor(number / usersOfExtension)),
    email: `${codeOf(number)}@prefeitura.example`,
  }
}
