import type { Command, CommandOption, Commands } from './command.ts'

const exitCodes = 'Saída: 0 feito, 1 recusado, 2 comando não entendido ou configuração com defeito.'

/**
 * Help on a command, a group (`users`), or everything (an empty name).
 * @param program what is typed before a command, as `npm run admin --`
 */
export function helpText(program: string, commands: Commands<Command<never>>, name: string): string {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  return command === undefined ? groupHelp(program, commands, name) : commandHelp(program, command)
}

function groupHelp(program: string, commands: Commands<Command<never>>, group: string): string {
  const lines = Object.entries(commands)
    .filter(([name]) => group === '' || name.startsWith(`${group} `))
    .flatMap(([, { usage, summary }]) => [`  ${usage}`, `      ${summary}`])
  return [
    `Uso: ${program} ${group === '' ? 'COMANDO' : `${group} …`} [opções]`,
    '',
    ...lines,
    '',
    'COMANDO --help mostra as opções de um comando; --json dá a resposta para programas.',
    exitCodes,
  ].join('\n')
}

function commandHelp(program: string, { usage, summary, options = {}, explanation }: Command<never>): string {
  const all: Readonly<Record<string, CommandOption>> = {
    ...options,
    json: { summary: 'Resposta para programas' },
    help: { summary: 'Esta ajuda' },
  }
  const named = Object.entries(all).map(([name, option]) => [
    `--${name}${option.value === undefined ? '' : ` ${option.value}`}`,
    option.summary,
  ])
  const width = named.reduce((widest, [name = '']) => Math.max(widest, name.length), 0)
  return [
    `Uso: ${program} ${usage} [opções]`,
    '',
    `${summary}.`,
    ...(explanation === undefined ? [] : ['', explanation]),
    '',
    'Opções:',
    ...named.map(([name = '', text]) => `  ${name.padEnd(width)}  ${text}`),
    '',
    exitCodes,
  ].join('\n')
}
