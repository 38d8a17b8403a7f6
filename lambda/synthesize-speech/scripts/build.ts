import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { bundledPackages, licenceTexts } from './bundled-packages.ts'

/**
 * `npm run build -w @ura/synthesize-speech`: writes `dist/main.mjs`, all that Lambda needs in one file, the AWS client
 * in the version of the lock included (that of the runtime changes by itself), and the licences of what is in it. Not
 * minified: its stack traces are the only thing there is to read when something fails in the cloud.
 */
const folder = fileURLToPath(new URL('..', import.meta.url))
const project = fileURLToPath(new URL('../../..', import.meta.url))
const distFolder = `${folder}dist`
const bundle = `${distFolder}/main.mjs`

rmSync(distFolder, { recursive: true, force: true })
mkdirSync(distFolder)
const { metafile } = await build({
  entryPoints: [`${folder}src/main.ts`],
  outfile: bundle,
  absWorkingDir: project,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // ES modules before CommonJS: only they can be shaken.
  mainFields: ['module', 'main'],
  // Some packages inside are CommonJS all the same and `require` Node's own modules, which an ES module lacks.
  banner: {
    js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)",
  },
  legalComments: 'eof',
  metafile: true,
})
copyFileSync(`${project}LICENSE`, `${distFolder}/LICENSE`)
const packages = bundledPackages(Object.keys(metafile.inputs))
writeFileSync(`${distFolder}/THIRD-PARTY-LICENSES.txt`, licenceTexts(project, packages))

const code = readFileSync(bundle)
const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`
process.stdout.write(
  `dist/main.mjs: ${kilobytes(code.length)} (${kilobytes(gzipSync(code).length)} compressed), with ${packages.length} packages\n`,
)
