import { resolve } from 'node:path'
import { createTerminal } from '@ura/core/command-line/terminal'
import { StartupError } from '@ura/core/service'
import { runGatewayAdmin } from '@ura/whatsapp-gateway/command-line/gateway-admin'
import { findRunning } from './start/running.ts'
import { findSecret } from './start/secrets.ts'

/**
 * `npm run gateway:admin -- …`: the administrator's commands on a running gateway: that of GATEWAY_URL, else the one of
 * the `npm start` that runs on DATA_DIR.
 */
const dataFolder = resolve(process.env['DATA_DIR'] || 'data')

process.exitCode = await runGatewayAdmin({
  arguments: process.argv.slice(2),
  environment: {
    ...process.env,
    GATEWAY_URL: process.env['GATEWAY_URL'] || findRunning(dataFolder)?.gatewayUrl,
    GATEWAY_ADMIN_TOKEN: adminToken(),
  },
  terminal: createTerminal({ input: process.stdin, output: process.stderr }),
  print: (text) => process.stdout.write(`${text}\n`),
  printError: (text) => process.stderr.write(`${text}\n`),
})

/** Undefined where there is none, which the command then says. */
function adminToken(): string | undefined {
  try {
    return findSecret('GATEWAY_ADMIN_TOKEN', dataFolder, process.env)
  } catch (error) {
    if (error instanceof StartupError) {
      return undefined
    }
    throw error
  }
}
