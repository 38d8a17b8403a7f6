import { packageModule } from './module-package/package.ts'

/** `npm run module:package [-- FOLDER]`: the FreePBX module as a file to install. */
const [folder = new URL('../freepbx-dialplan/module/', import.meta.url).pathname] = process.argv.slice(2)
try {
  console.log(await packageModule(folder))
} catch (error) {
  console.error(`O módulo não pôde ser empacotado: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
