import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { generateApiDocuments } from './api-documents/generate.ts'

/**
 * `npm run docs:api`: writes what is generated from the API's schemas, docs/openapi.json and docs/postman/, and says
 * which of them changed.
 */
for (const { file, text } of await generateApiDocuments()) {
  const path = new URL(`../${file}`, import.meta.url).pathname
  const before = await readFile(path, 'utf8').catch(() => '')
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  console.log(`${before === text ? 'unchanged' : 'written'}  ${file}`)
}
