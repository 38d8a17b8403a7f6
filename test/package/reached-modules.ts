import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What a compiled file (`.js` of either kind, or `.d.ts`) imports, as written there. */
export async function moduleSpecifiers(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8')
  const code = text.replaceAll(/\/\*[^]*?\*\//g, '') // examples in docstrings import as well
  const imports = code.matchAll(/\b(?:from|import|require)\b\s*\(?\s*(['"])([^'"\n]+)\1/g)
  return [...imports].map((match) => match[2] ?? '')
}

/**
 * The modules that are reached from `entries`, by their code or their types; all are absolute paths without
 * `.js` or `.d.ts`.
 */
export async function reachedModules(entries: readonly string[]): Promise<Set<string>> {
  const reached = new Set<string>()
  const waiting = [...entries]
  for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
    if (reached.has(module)) continue
    reached.add(module)
    const folder = dirname(module)
    const imported = await Promise.all([`${module}.js`, `${module}.d.ts`].map(moduleSpecifiers))
    const inside = imported.flat().filter((specifier) => specifier.startsWith('.'))
    waiting.push(...inside.map((specifier) => join(folder, specifier.replace(/\.[jt]s$/, ''))))
  }
  return reached
}
