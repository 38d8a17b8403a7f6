import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

interface Bill {
  components: { 'bom-ref': string; properties: { name: string }[] }[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

/**
 * `npm run sbom -- FILE`: writes what runs in production as a CycloneDX document, by `npm sbom` from the lock; without
 * FILE to sbom.cdx.json.
 */
const file = process.argv[2] ?? 'sbom.cdx.json'
const text = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
  cwd: new URL('..', import.meta.url),
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  stdio: ['ignore', 'pipe', 'inherit'],
})
const bill = withoutTools(JSON.parse(text) as Bill)
writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`)
console.log(`${file}: ${bill.components.length} componentes`)

/** Not by `--omit dev`: npm 11 leaves out a package that a service runs when the root names it as a tool too, as mysql2. */
function withoutTools(all: Bill): Bill {
  const isTool = ({ properties }: Bill['components'][number]): boolean =>
    properties.some(({ name }) => name === 'cdx:npm:package:development')
  const tools = new Set(all.components.filter((one) => isTool(one)).map((one) => one['bom-ref']))
  return {
    ...all,
    components: all.components.filter((one) => !isTool(one)),
    dependencies: all.dependencies
      .filter(({ ref }) => !tools.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => !tools.has(one)) })),
  }
}
