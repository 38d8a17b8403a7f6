/** An approved template: how many parameters its body has, and whether it has a button that copies a code. */
export interface FakeTemplate {
  name: string
  language: string
  parameters: number
  hasCodeButton: boolean
}

/** An error in the form of the Graph API. */
export interface GraphError {
  statusCode: number
  code: number
  message: string
}

/** A send as it came. */
export interface SentPayload {
  messaging_product?: unknown
  to?: unknown
  type?: unknown
  biz_opaque_callback_data?: unknown
  text?: { body?: unknown }
  context?: { message_id?: unknown }
  template?: {
    name?: unknown
    language?: { code?: unknown }
    components?: { type?: unknown; sub_type?: unknown; parameters?: { type?: unknown; text?: unknown }[] }[]
  }
}

/** What Meta finds wrong with a payload by itself; null = nothing. */
export function payloadFault(payload: SentPayload, templates: readonly FakeTemplate[]): GraphError | null {
  if (
    payload.messaging_product !== 'whatsapp' ||
    typeof payload.to !== 'string' ||
    !/^\d{8,15}$/.test(payload.to)
  ) {
    return { statusCode: 400, code: 100, message: '(#100) Invalid parameter' }
  }
  if (payload.type === 'text') {
    return typeof payload.text?.body === 'string' && payload.text.body !== '' ? null : missingParameter
  }
  return payload.type === 'template' ? templateFault(payload, templates) : missingParameter
}

const missingParameter: GraphError = {
  statusCode: 400,
  code: 131_008,
  message: '(#131008) Required parameter is missing',
}

function templateFault({ template }: SentPayload, templates: readonly FakeTemplate[]): GraphError | null {
  const approved = templates.find(
    ({ name, language }) => name === template?.name && language === template.language?.code,
  )
  if (approved === undefined) {
    return {
      statusCode: 404,
      code: 132_001,
      message: '(#132001) Template name does not exist in the translation',
    }
  }
  const textsOf = (type: string): unknown[] =>
    (template?.components ?? [])
      .filter((component) => component.type === type)
      .flatMap(({ parameters = [] }) => parameters.map(({ text }) => text))
  const body = textsOf('body')
  if (body.length !== approved.parameters) {
    return { statusCode: 400, code: 132_000, message: '(#132000) Number of parameters does not match' }
  }
  if (body.some((text) => typeof text !== 'string' || /[\n\t]| {5}/.test(text))) {
    return { statusCode: 400, code: 131_009, message: '(#131009) Parameter value is not valid' }
  }
  const hasButton = textsOf('button')[0] === body[0]
  return approved.hasCodeButton && !hasButton ? missingParameter : null
}
