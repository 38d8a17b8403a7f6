import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { constants, getPriority, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureAsterisk } from './real-parts/asterisk.ts'
import { ensureChromium } from './real-parts/chromium.ts'
import { databaseServerNames, databaseServers, ensureDatabaseServer } from './real-parts/database-servers.ts'
import { ensureNewman } from './real-parts/newman.ts'
import { ensurePhp } from './real-parts/php.ts'
import { readFigures } from './test/figures.ts'

/**
 * `npm test`: fetches the real parts where it may, then runs every test and prints the figures that the tests
 * measured. Without the real parts the tests that need them are skipped, said loudly; with CI=true that fails.
 */
const isCi = process.env['CI'] === 'true'
const folder = mkdtempSync(join(tmpdir(), 'ura-test-'))
const figuresFile = join(folder, 'figures.jsonl')
const resultsFile = join(folder, 'results.json')

const skipped: string[] = []
const leftOutProjects: string[] = []
const asterisk = await ensureAsterisk((line) => console.log(`real Asterisk: ${line}`))
if (!asterisk.available) {
  skipped.push(`every call through a real Asterisk (${asterisk.reason})`)
}
const chromium = await ensureChromium((line) => console.log(`Chromium: ${line}`))
if (!chromium.available) {
  skipped.push(`the pages /docs and prompts.html in a browser (${chromium.reason})`)
}
const php = await ensurePhp((line) => console.log(`PHP: ${line}`))
if (!php.available) {
  skipped.push(`the FreePBX module under PHP (${php.reason})`)
}
const newman = await ensureNewman()
if (!newman.available) {
  skipped.push(`the Postman collection in Postman's runner (${newman.reason})`)
}
for (const kind of databaseServers) {
  const name = databaseServerNames[kind]
  const server = await ensureDatabaseServer(kind, (line) => console.log(`${name}: ${line}`))
  if (!server.available) {
    skipped.push(`the database contract on ${name} (${server.reason})`)
    leftOutProjects.push(`--project=!${kind}`)
  }
}
const warning = skipped.map((what) => `\n*** SKIPPED: ${what}\n`).join('')
if (warning !== '') {
  console.error(warning)
}
if (warning !== '' && isCi) {
  process.exitCode = 1
} else {
  process.exitCode = runTests()
}
rmSync(folder, { recursive: true, force: true })

function runTests(): number {
  // About level with the threads that make speech: with every core taken by tests they would hardly come to run behind them.
  setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL - 1))
  const reporters = [
    '--reporter=default',
    '--reporter=scripts/test/contract-figures.ts',
    '--reporter=json',
    `--outputFile.json=${resultsFile}`,
  ]
  const vitest = spawnSync('vitest', ['run', ...reporters, ...leftOutProjects, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, FIGURES_FILE: figuresFile },
  })
  printFigures()
  return vitest.status ?? 1
}

interface Results {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  testResults: { name: string; assertionResults: { status: string }[] }[]
}

function printFigures(): void {
  if (!existsSync(resultsFile)) {
    return // vitest itself has said why it didn't get so far
  }
  const results = JSON.parse(readFileSync(resultsFile, 'utf8')) as Results
  const realCalls = results.testResults
    .filter(({ name }) => name.includes('/test/asterisk/'))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed')
  console.log('\nFigures')
  for (const { name, value } of readFigures(figuresFile)) {
    console.log(`  ${name}: ${value}`)
  }
  console.log(`  scenarios run on the real Asterisk: ${realCalls.length}`)
  if (warning !== '') {
    console.error(warning)
  }
  const { numPassedTests, numFailedTests, numPendingTests } = results
  console.log(`tests: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`)
}
