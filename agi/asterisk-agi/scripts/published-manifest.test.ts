import { describe, expect, it } from 'vitest'
import { publishedManifest, subpathFolders } from './published-manifest.ts'

const source = {
  name: 'asterisk-agi',
  version: '1.2.3',
  private: true,
  type: 'module',
  exports: { '.': './src/index.ts', './testing': './src/testing/index.ts' },
  scripts: { build: 'node scripts/build.ts' },
  devDependencies: { typescript: '6.0.3' },
  engines: { node: '>=20' },
}

describe('the manifest that is published', () => {
  it('keeps what users need and drops what holds for the source folder alone', () => {
    const manifest = publishedManifest(source)
    expect(manifest).toMatchObject({ name: 'asterisk-agi', version: '1.2.3', engines: { node: '>=20' } })
    for (const field of ['private', 'scripts', 'devDependencies']) {
      expect(manifest).not.toHaveProperty(field)
    }
  })

  it('leads import to ES modules and require to CommonJS, each with its own types first', () => {
    const { exports, main, types } = publishedManifest(source)
    expect(exports['./testing']).toEqual({
      import: { types: './esm/testing/index.d.ts', default: './esm/testing/index.js' },
      require: { types: './cjs/testing/index.d.ts', default: './cjs/testing/index.js' },
    })
    expect(JSON.stringify(exports['.'])).toMatch(/"import":\{"types".*"default".*"require":\{"types"/)
    expect({ main, types }).toEqual({ main: './cjs/index.js', types: './cjs/index.d.ts' })
  })

  it('refuses an export that is no TypeScript source', () => {
    for (const file of ['./dist/index.js', './src/../secret.json', '']) {
      expect(() => publishedManifest({ ...source, exports: { '.': file } })).toThrow(/no \.\/src\//)
    }
  })

  it('has a folder for each subpath, for tools that know nothing of exports', () => {
    const manifest = publishedManifest({
      ...source,
      exports: { ...source.exports, './a/b': './src/a/b.ts' },
    })
    expect(Object.fromEntries(subpathFolders(manifest))).toEqual({
      './testing/package.json': { main: '../cjs/testing/index.js', types: '../cjs/testing/index.d.ts' },
      './a/b/package.json': { main: '../../cjs/a/b.js', types: '../../cjs/a/b.d.ts' },
    })
  })
})
