import { execFileSync } from 'node:child_process'
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type PublishedManifest,
  publishedManifest,
  type SourceManifest,
  subpathFolders,
} from './published-manifest.ts'

/**
 * `npm run build -w asterisk-agi`: makes `dist/`, the folder to publish, with all that `exports` reaches and nothing
 * else of the sources.
 */
const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const publishedFolder = join(packageFolder, 'dist')
const projects = ['tsconfig.build.json', 'tsconfig.build-commonjs.json']
const documents = ['README.md', 'CHANGELOG.md', 'LICENSE', 'docs']

const source = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as SourceManifest
const manifest = publishedManifest(source)
await rm(publishedFolder, { recursive: true, force: true })
for (const project of projects) compile(project)
await writeJson('cjs/package.json', { type: 'commonjs' })
for (const [path, redirect] of subpathFolders(manifest)) await writeJson(path, redirect)
for (const document of documents) {
  await cp(join(packageFolder, document), join(publishedFolder, document), { recursive: true })
}
await checkExports(manifest)
// Last, so that a build that failed half-way can't be published.
await writeJson('package.json', manifest)

function compile(project: string): void {
  // The project's compiler, not the older one that lies nearer, for typedoc.
  const fromRoot = createRequire(join(packageFolder, '..', '..', 'package.json'))
  const compiler = join(dirname(fromRoot.resolve('typescript/package.json')), 'bin', 'tsc')
  execFileSync(process.execPath, [compiler, '--project', join(packageFolder, project)], { stdio: 'inherit' })
}

async function writeJson(path: string, content: object): Promise<void> {
  const file = join(publishedFolder, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`)
}

/** @throws Error when an export has no file: its source isn't in `files` of `tsconfig.build.json`. */
async function checkExports({ exports }: PublishedManifest): Promise<void> {
  for (const target of Object.values(exports)) {
    if (typeof target === 'string') continue
    const files = [target.import, target.require].flatMap(({ types, default: code }) => [types, code])
    for (const file of files) {
      const isThere = await stat(join(publishedFolder, file)).then(
        (found) => found.isFile(),
        () => false,
      )
      if (!isThere) throw new Error(`${file} was not built: name its source in tsconfig.build.json`)
    }
  }
}
