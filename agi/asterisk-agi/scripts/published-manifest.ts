/** What this build reads of the `package.json` in the source folder. */
export interface SourceManifest {
  /** Subpath ('.', './testing') to the TypeScript file behind it, under `./src/`. */
  exports: Readonly<Record<string, string>>
  [field: string]: unknown
}

/** Both ways of loading one subpath; `types` come first, because the first condition that fits wins. */
export interface PublishedExport {
  import: { types: string; default: string }
  require: { types: string; default: string }
}

/** The `package.json` that is published. */
export interface PublishedManifest {
  main: string
  types: string
  exports: Readonly<Record<string, PublishedExport | string>>
  [field: string]: unknown
}

/** Fields that hold for the source folder alone. */
const SOURCE_ONLY: ReadonlySet<string> = new Set(['private', 'scripts', 'devDependencies', 'exports'])

/**
 * The published manifest of a source manifest: each subpath leads to ES modules in `esm/` for `import` and to
 * CommonJS in `cjs/` for `require`, each with types of its own kind.
 *
 * @throws Error when a subpath leads anywhere else than to a TypeScript file under `./src/`.
 */
export function publishedManifest(source: SourceManifest): PublishedManifest {
  const kept = Object.entries(source).filter(([field]) => !SOURCE_ONLY.has(field))
  const exports = Object.entries(source.exports).map(([subpath, file]) => [subpath, exportOf(file)] as const)
  const main = exportOf(source.exports['.'] ?? '').require
  return {
    ...Object.fromEntries(kept),
    sideEffects: false,
    main: main.default,
    types: main.types,
    exports: { ...Object.fromEntries(exports), './package.json': './package.json' },
  }
}

/**
 * For tools that look for a subpath's folder instead of `exports` (TypeScript's `moduleResolution: node10`): a
 * `package.json` for each such folder, by its path in the package.
 */
export function subpathFolders(manifest: PublishedManifest): Map<string, { main: string; types: string }> {
  const folders = new Map<string, { main: string; types: string }>()
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    if (subpath === '.' || typeof target === 'string') continue
    const up = '../'.repeat(subpath.split('/').length - 1)
    const fromFolder = (file: string): string => up + file.slice('./'.length)
    const { types, default: main } = target.require
    folders.set(`${subpath}/package.json`, { main: fromFolder(main), types: fromFolder(types) })
  }
  return folders
}

function exportOf(file: string): PublishedExport {
  const module = /^\.\/src\/(.+)\.ts$/.exec(file)?.[1]
  if (module === undefined) throw new Error(`An export leads to '${file}', which is no ./src/….ts`)
  const built = (folder: string) => ({
    types: `./${folder}/${module}.d.ts`,
    default: `./${folder}/${module}.js`,
  })
  return { import: built('esm'), require: built('cjs') }
}
