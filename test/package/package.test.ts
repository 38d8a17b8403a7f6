import { access, readdir, readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { realPartsRequired } from '../../scripts/real-parts/config.ts'
import { ensureNode, supportedNodeVersions } from '../../scripts/real-parts/node.ts'
import { runCommand } from './command.ts'
import {
  compileConsumer,
  packPackage,
  type PackedPackage,
  project,
  readEntries,
  readManifest,
} from './packed-package.ts'
import { moduleSpecifiers, reachedModules } from './reached-modules.ts'

/** Downloading a Node the first time takes about 10 s. */
const installTimeoutMs = 300_000

/** asterisk-agi as its users get it: built, packed, installed in an empty project, compiled against and called. */
describe('the published package', () => {
  let packed: PackedPackage

  beforeAll(async () => {
    packed = await packPackage()
  })
  afterAll(() => packed.remove())

  const checkWith = (tool: string, ...args: string[]) =>
    runCommand('npm', ['exec', '--no', '--workspace', 'asterisk-agi', '--', tool, ...args], project)

  it('says who it is and nothing of how it is made', async () => {
    const manifest = await readManifest(packed.installedFolder)
    expect(manifest).toMatchObject({ name: 'asterisk-agi', license: 'MIT', engines: { node: '>=20' } })
    expect(manifest).not.toHaveProperty('dependencies')
    expect(manifest).not.toHaveProperty('private')
    expect((await readdir(packed.installedFolder)).toSorted()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'cjs', 'docs', 'esm', 'package.json', 'testing'].toSorted(),
    )
  })

  it.each(['esm', 'cjs'])('holds in %s just what its exports reach, on Node alone', async (format) => {
    const folder = join(packed.installedFolder, format)
    const files = await readdir(folder, { recursive: true, withFileTypes: true })
    const present = files
      .filter((entry) => entry.isFile() && entry.name !== 'package.json')
      .map(({ parentPath, name }) => join(parentPath, name))
    const modules = new Set(present.map((file) => file.replace(/(\.d\.ts|\.js)$/, '')))
    const entries = (await readEntries(packed.installedFolder)).map((entry) => join(folder, entry))
    const reached = await reachedModules(entries)
    expect([...modules].toSorted()).toEqual([...reached].toSorted())
    expect(present).toHaveLength(modules.size * 2)
    const foreign = (await Promise.all(present.map((file) => moduleSpecifiers(file))))
      .flat()
      .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier))
    expect(foreign).toEqual([])
  })

  it('holds every file that its README links', async () => {
    const readme = await readFile(join(packed.installedFolder, 'README.md'), 'utf8')
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '')
    expect(links).toContain('docs/api/README.md')
    await Promise.all(links.map((link) => access(join(packed.installedFolder, link))))
  })

  it('is clean for publint', async () => {
    expect(await checkWith('publint', packed.tarball, '--strict')).toContain('All good!')
  })

  it('resolves with its types from ES modules, CommonJS, bundlers and old TypeScript', async () => {
    const report = await checkWith('attw', packed.tarball, '--profile', 'strict', '--format', 'json')
    const { analysis } = JSON.parse(report) as { analysis: { entrypoints: object; problems: unknown[] } }
    expect(analysis.problems).toEqual([])
    const { exports } = await readManifest(packed.installedFolder)
    expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys(exports))
    expect(Object.keys(exports)).toEqual(expect.arrayContaining(['.', './testing']))
  })

  describe('in a program compiled against it under strict, library types checked too', () => {
    const expected = {
      seen: ['pt_BR', 'pt'],
      menu: '1',
      registration: '0123',
      agiStatus: 'SUCCESS',
      variables: { USER: '0123', NEXT: 'queue' },
      hangup: { isHangupError: true, isAgiError: true, code: 'hangup', status: 'HANGUP', aborted: true },
    }

    beforeAll(() => compileConsumer(packed.consumerFolder))

    it.for(supportedNodeVersions)(
      'answers a call under Node %s, imported and required',
      { timeout: installTimeoutMs },
      async (version, { skip }) => {
        const node = await nodeOrSkip(version, skip)
        const run = async (program: string): Promise<unknown> =>
          JSON.parse(await runCommand(node, [program], packed.consumerFolder))
        const answer = { ...expected, version: `v${version}` }
        expect(await run('consumer.mjs')).toEqual(answer)
        expect(await run('consumer.cjs')).toEqual(answer)
      },
    )
  })
})

/** The executable of a Node, downloaded the first time. Where it can't be had, CI fails and others skip, loudly. */
async function nodeOrSkip(version: string, skip: (note: string) => never): Promise<string> {
  const node = await ensureNode(version, (line) => process.stderr.write(`${line}\n`))
  if (node.available) return node.executable
  if (realPartsRequired()) throw new Error(node.reason)
  process.stderr.write(`*** SKIPPED: the package under Node ${version}: ${node.reason}\n`)
  return skip(node.reason)
}
