import { generateOpenApiDocument } from './openapi-document.ts'
import { postmanCollection } from './postman-collection.ts'
import { postmanEnvironment } from './postman-environment.ts'

/** A generated file that is checked in: its path from the project's folder, and its whole text. */
export interface GeneratedFile {
  file: string
  text: string
}

/** Everything that is generated from the API's schemas and checked in. */
export async function generateApiDocuments(): Promise<GeneratedFile[]> {
  const document = await generateOpenApiDocument()
  return [
    { file: 'docs/openapi.json', text: json(document) },
    { file: 'docs/postman/ura-chamados.postman_collection.json', text: json(postmanCollection(document)) },
    { file: 'docs/postman/local.postman_environment.json', text: json(postmanEnvironment) },
  ]
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
