import { copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { build } from 'esbuild'

/**
 * `npm run build -w @ura/synthesize-speech`: writes `dist/main.mjs`, all that Lambda needs in one file, the AWS client
 * in the version of the lock included (that of the runtime changes by itself). Not minified: its stack traces are the
 * only thing there is to read when something fails in the cloud.
 */
const folder = fileURLToPath(new URL('..', import.meta.url))
const distFolder = `${folder}dist`
const bundle = `${distFolder}/main.mjs`

rmSync(distFolder, { recursive: true, force: true })
mkdirSync(distFolder)
await build({
  entryPoints: [`${folder}src/main.ts`],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  // Some packages inside are CommonJS and `require` Node's own modules, which an ES module lacks.
  banner: { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" },
  legalComments: 'linked',
})
copyFileSync(fileURLToPath(new URL('../../../LICENSE', import.meta.url)), `${distFolder}/LICENSE`)

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`
const zipped = gzipSync(readFileSync(bundle)).length
console.log(`dist/main.mjs: ${kilobytes(statSync(bundle).size)}, ${kilobytes(zipped)} compressed`)
