import type { Operation } from '@ura/api/openapi/document'

/** The access code is only in the user's WhatsApp; the test driver's gateway tells it to who has its token. */
export const codeFromGateway = [
  "const gateway = pm.variables.get('gateway')",
  'if (gateway) {',
  '  pm.sendRequest({',
  '    url: `${gateway}/api/messages`,',
  '    header: { Authorization: `Bearer ${pm.variables.get("token_do_gateway")}` },',
  '  }, (error, response) => {',
  '    const texts = error ? [] : response.json().messages.map(({ text }) => text)',
  '    const codes = texts.flatMap((text) => /\\b(\\d{4,8})\\b/.exec(text)?.[1] ?? [])',
  "    if (codes.length > 0) pm.environment.set('codigo', codes.at(-1))",
  '  })',
  '}',
]

/** What an answer hands to later requests, under the same names. */
const kept = ['sessao', 'protocolo', 'nome_audio']

/** Tests of an operation's answer: its status (one of `statuses`, else any documented below 500), form and request id. */
export function answerTests({ responses }: Operation, statuses?: readonly string[]): string[] {
  const expected = (statuses ?? Object.keys(responses).filter((status) => Number(status) < 500)).map(Number)
  const schemas = Object.fromEntries(
    Object.entries(responses).flatMap(([status, { content }]) => {
      const schema = content?.['application/json']?.schema
      return schema === undefined || Number(status) >= 400 ? [] : [[status, withoutNotes(schema)]]
    }),
  )
  return [
    `const expected = ${JSON.stringify(expected)}`,
    `const schemas = ${JSON.stringify(schemas)}`,
    "pm.test('o status é um dos esperados', () => pm.expect(pm.response.code).to.be.oneOf(expected))",
    "pm.test('a resposta tem o número da requisição', () => pm.response.to.have.header('x-request-id'))",
    'if (pm.response.code >= 400) {',
    "  pm.test('o erro tem a forma da casa', () => {",
    '    const error = pm.response.json()',
    '    pm.expect(error.status).to.equal(false)',
    "    pm.expect(error.erro).to.include.keys('codigo', 'mensagem')",
    "    pm.expect(error.requisicao).to.equal(pm.response.headers.get('x-request-id'))",
    '  })',
    '} else if (schemas[pm.response.code]) {',
    "  pm.test('o corpo cabe no esquema', () => pm.response.to.have.jsonSchema(schemas[pm.response.code]))",
    '  const body = pm.response.json()',
    `  for (const name of ${JSON.stringify(kept)}) {`,
    "    if (typeof body[name] === 'string') pm.environment.set(name, body[name])",
    '  }',
    '}',
  ]
}

/** The schema without what only readers need; Postman's validator is of an older draft and knows no `examples`. */
function withoutNotes(schema: unknown): unknown {
  if (Array.isArray(schema)) {
    return schema.map((one) => withoutNotes(one))
  }
  if (typeof schema !== 'object' || schema === null) {
    return schema
  }
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => key !== 'description' && key !== 'examples')
      .map(([key, value]) => [key, withoutNotes(value)]),
  )
}
