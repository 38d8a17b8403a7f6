import { maskPhoneNumber } from '@ura/core/phone-number'
import { listUsers } from '../users/user-repository.ts'
import { type Command, formatTable } from './command.ts'

export const userCommands: Readonly<Record<string, Command>> = {
  'users list': {
    usage: 'users list',
    summary: 'Lista os usuários, com o telefone mascarado',
    positionals: { min: 0, max: 0 },
    options: [],
    async run({ db }) {
      const users = (await listUsers(db)).map((user) => ({
        code: user.code,
        name: user.name,
        department: user.department,
        whatsapp: user.whatsapp === null ? null : maskPhoneNumber(user.whatsapp),
        extension: user.extension,
        active: user.active,
      }))
      const rows = users.map((user) => [
        user.code,
        user.name,
        user.department ?? '-',
        user.whatsapp ?? '-',
        user.extension ?? '-',
        user.active ? 'ativo' : 'inativo',
      ])
      return {
        data: users,
        text: formatTable([['CÓDIGO', 'NOME', 'SETOR', 'WHATSAPP', 'RAMAL', 'SITUAÇÃO'], ...rows]),
      }
    },
  },
}
