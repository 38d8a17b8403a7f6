import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

const root = new URL('../../', import.meta.url).pathname

interface Manifest {
  workspaces?: string[]
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

const { workspaces = [] } = manifestOf('.')
const ownLocks = ['test/postman/newman', 'whatsapp-gateway/venom']
const manifests = ['.', ...workspaces, ...ownLocks].map((folder) => manifestOf(folder))
/** The services' own; newman is that of a test, venom-bot that of who installs it. */
const runtime = dependenciesOf(
  ['.', ...workspaces].map((folder) => manifestOf(folder)),
  'dependencies',
)
const decisions = readFileSync(join(root, 'docs/decisions.md'), 'utf8')

describe('docs/decisions.md', () => {
  it('gives each runtime dependency with its version, licence, date of release and reason', () => {
    const rows = [
      ...decisions.matchAll(
        /^\| `([^`]+)` \| (\d[\w.-]*) \| ([^|]+) \| (\d{4}-\d\d-\d\d) \| ([^|]{10,}) \|$/gm,
      ),
    ]
    const listed = rows.map(([, name, version, licence]) => `${name} ${version} ${licence}`)
    const installed = Object.entries(runtime).map(
      ([name, version]) => `${name} ${version} ${licenceOf(name)}`,
    )
    expect(new Set(listed)).toEqual(new Set(installed))
  })

  it('names every other dependency', () => {
    const names = [
      ...Object.keys(dependenciesOf(manifests, 'devDependencies')),
      ...Object.keys(dependenciesOf(manifests, 'dependencies')),
    ]
    expect(names.filter((name) => !decisions.includes(name))).toEqual([])
  })
})

describe('every dependency', () => {
  it('is pinned to one version', () => {
    const ranges = manifests.flatMap(({ dependencies, devDependencies }) =>
      Object.entries({ ...dependencies, ...devDependencies }),
    )
    expect(ranges.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })
})

describe('npm run sbom', () => {
  it('writes a CycloneDX document with every runtime dependency and no tool of the tests', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ura-sbom-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'sbom.cdx.json')
    execFileSync(process.execPath, [join(root, 'scripts/sbom.ts'), file], { stdio: 'pipe' })
    const sbom = JSON.parse(readFileSync(file, 'utf8')) as {
      bomFormat: string
      components: { purl: string; licenses?: unknown[] }[]
    }
    expect(sbom.bomFormat).toBe('CycloneDX')
    const listed = new Set(sbom.components.map(({ purl }) => decodeURIComponent(purl)))
    const missing = Object.entries(runtime).filter(
      ([name, version]) => !listed.has(`pkg:npm/${name}@${version}`),
    )
    expect(missing).toEqual([])
    expect([...listed].filter((purl) => /\/(?:vitest|oxlint|playwright-core)@/.test(purl))).toEqual([])
  })
})

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
}

/** By name; the workspaces' own packages left out. */
function dependenciesOf(
  all: readonly Manifest[],
  kind: 'dependencies' | 'devDependencies',
): Record<string, string> {
  const entries = all.flatMap((manifest) => Object.entries(manifest[kind] ?? {}))
  return Object.fromEntries(entries.filter(([name]) => !name.startsWith('@ura/') && name !== 'asterisk-agi'))
}

function licenceOf(name: string): string {
  const { license } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
    license: string
  }
  return license
}
