import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from './command.ts'

/** The root of this repository. */
export const project = fileURLToPath(new URL('../..', import.meta.url))

const require = createRequire(import.meta.url)

/** asterisk-agi as it would be published, and an empty project that has it installed. */
export interface PackedPackage {
  tarball: string
  /** The project of somebody who installed the tarball. */
  consumerFolder: string
  /** What lies in its `node_modules/asterisk-agi`. */
  installedFolder: string
  remove(): Promise<void>
}

/** Builds the package, packs it and installs the tarball in an empty project, all without the network. */
export async function packPackage(): Promise<PackedPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'asterisk-agi-package-'))
  const consumerFolder = join(folder, 'consumer')
  await runCommand('npm', ['run', 'build', '--workspace', 'asterisk-agi'], project)
  const published = join(project, 'agi', 'asterisk-agi', 'dist')
  const written = await runCommand('npm', ['pack', '--silent', '--pack-destination', folder], published)
  const tarball = join(folder, written.trim())
  await mkdir(consumerFolder)
  await writeFile(join(consumerFolder, 'package.json'), JSON.stringify({ private: true }))
  const cache = ['--offline', '--cache', join(folder, 'empty-npm-cache')]
  await runCommand('npm', ['install', '--no-audit', '--no-fund', ...cache, tarball], consumerFolder)
  return {
    tarball,
    consumerFolder,
    installedFolder: join(consumerFolder, 'node_modules', 'asterisk-agi'),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/**
 * Compiles `consumer.ts` in the consumer's project with this repository's TypeScript, as an ES module and as
 * CommonJS, giving `consumer.mjs` and `consumer.cjs`.
 *
 * @throws Error with what the compiler found.
 */
export async function compileConsumer(consumerFolder: string): Promise<void> {
  const source = fileURLToPath(new URL('consumer.ts', import.meta.url))
  for (const name of ['consumer.mts', 'consumer.cts']) await cp(source, join(consumerFolder, name))
  // The peer dependency, which a TypeScript project for Node has anyway.
  await mkdir(join(consumerFolder, 'node_modules', '@types'))
  const nodeTypes = dirname(require.resolve('@types/node/package.json'))
  await symlink(nodeTypes, join(consumerFolder, 'node_modules', '@types', 'node'))
  const compilerOptions = {
    strict: true,
    module: 'nodenext',
    target: 'es2022',
    types: ['node'],
    skipLibCheck: false,
    noEmitOnError: true,
  }
  const configuration = { compilerOptions, files: ['consumer.mts', 'consumer.cts'] }
  await writeFile(join(consumerFolder, 'tsconfig.json'), JSON.stringify(configuration))
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')
  await runCommand(process.execPath, [compiler, '--project', '.'], consumerFolder)
}

/** The published manifest. */
export async function readManifest(installedFolder: string): Promise<{ exports: Record<string, unknown> }> {
  const text = await readFile(join(installedFolder, 'package.json'), 'utf8')
  return JSON.parse(text) as { exports: Record<string, unknown> }
}

/** The modules that its exports lead to, as paths in `esm/` and `cjs/` alike, without `.js`. */
export async function readEntries(installedFolder: string): Promise<string[]> {
  const { exports } = await readManifest(installedFolder)
  const files = JSON.stringify(exports).matchAll(/"\.\/esm\/([^"]+)\.js"/g)
  return [...files].map((match) => match[1] ?? '')
}
