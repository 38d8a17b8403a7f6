import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application, type Context, Converter, ReflectionKind, TSConfigReader, TypeDocReader } from 'typedoc'

/**
 * `npm run docs -w asterisk-agi`: writes the API reference, `docs/api`, from the docstrings of all that `exports` of
 * `package.json` reaches (settings in `typedoc.json`). With `--check` nothing is written: it fails when the pages
 * aren't what the sources give now. A broken link or a symbol without a docstring fails both.
 */
const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const referenceFolder = join(packageFolder, 'docs', 'api')

async function generate(folder: string): Promise<void> {
  process.chdir(packageFolder) // where typedoc looks for its settings
  const application = await Application.bootstrapWithPlugins({ out: folder }, [
    new TypeDocReader(),
    new TSConfigReader(),
  ])
  application.converter.on(Converter.EVENT_RESOLVE_BEGIN, dropInherited)
  const project = await application.convert()
  if (project !== undefined) application.validate(project)
  if (project === undefined || application.logger.hasErrors() || application.logger.hasWarnings()) {
    throw new Error('The API reference can not be made of these docstrings')
  }
  await application.generateOutputs(project)
}

/** Each class then shows what it adds: nine errors would repeat the constructor of their base. */
function dropInherited({ project }: Context): void {
  for (const member of project.getReflectionsByKind(ReflectionKind.ClassMember)) {
    if ('inheritedFrom' in member && member.inheritedFrom !== undefined) project.removeReflection(member)
  }
}

/** The names of pages that are missing, left over or different. */
async function outdatedPages(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'asterisk-agi-docs-'))
  try {
    await generate(folder)
    const [checkedIn, generated] = await Promise.all([readPages(referenceFolder), readPages(folder)])
    const names = new Set([...checkedIn.keys(), ...generated.keys()])
    return [...names].filter((name) => checkedIn.get(name) !== generated.get(name))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function readPages(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder).catch(() => [])
  const page = async (name: string): Promise<[string, string]> => [
    name,
    await readFile(join(folder, name), 'utf8'),
  ]
  return new Map(await Promise.all(names.map(page)))
}

if (process.argv.includes('--check')) {
  const outdated = await outdatedPages()
  if (outdated.length > 0) {
    process.exitCode = 1
    process.stderr.write(`Out of date: ${outdated.join(', ')}. Run: npm run docs -w asterisk-agi\n`)
  }
} else {
  await generate(referenceFolder)
}
