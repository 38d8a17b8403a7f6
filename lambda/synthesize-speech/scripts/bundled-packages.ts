import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The package folders (relative to the project) that the bundler read these files from, sorted. */
export function bundledPackages(files: readonly string[]): string[] {
  const folders = files.map((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0])
  return [...new Set(folders)].filter((folder) => folder !== undefined).toSorted()
}

/** Name, version and licence of each package, then its licence's text where it brings one. */
export function licenceTexts(project: string, packages: readonly string[]): string {
  return packages.map((folder) => licenceText(join(project, folder))).join(`\n${'-'.repeat(80)}\n`)
}

function licenceText(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string
    version: string
    license: string
  }
  const file = ['LICENSE', 'LICENSE.txt', 'LICENSE.md'].find((one) => existsSync(join(folder, one)))
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
  return `${name} ${version} (${license})\n${text}`
}
