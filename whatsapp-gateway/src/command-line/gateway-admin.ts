import { runCommandLine } from '@ura/core/command-line/run-command-line'
import type { Terminal } from '@ura/core/command-line/terminal'
import { type Environment, readConfiguration } from '@ura/core/configuration'
import { httpUrl, secret, timeZone } from '@ura/core/settings'
import { createGatewayAdministration } from './gateway-administration.ts'
import { gatewayCommands } from './message-commands.ts'

const commandSettings = {
  url: httpUrl('GATEWAY_URL', {
    description: 'Address of the WhatsApp gateway',
    default: 'http://127.0.0.1:3001',
  }),
  adminToken: secret('GATEWAY_ADMIN_TOKEN', { description: "Token of the gateway's administration" }),
  timeZone: timeZone('TIME_ZONE', {
    description: 'Time zone of the times told to people',
    default: 'America/Sao_Paulo',
  }),
}

/** Runs one command on a running gateway and gives the exit code: 0 done, 1 refused, 2 not understood or not reached. */
export async function runGatewayAdmin(run: {
  /** What was typed, without the program's name. */
  arguments: readonly string[]
  environment: Environment
  terminal: Terminal
  print: (text: string) => void
  printError: (text: string) => void
}): Promise<0 | 1 | 2> {
  return await runCommandLine({
    ...run,
    name: 'npm run gateway:admin --',
    commands: gatewayCommands,
    async perform({ command, input }) {
      const config = readConfiguration(commandSettings, run.environment)
      const gateway = createGatewayAdministration({ url: config.url, token: config.adminToken })
      return await command.run({ gateway, terminal: run.terminal, timeZone: config.timeZone }, input)
    },
  })
}
