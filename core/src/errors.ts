/**
 * Every error that crosses a service boundary: HTTP status, message for people (pt-BR, fit to show), and whether
 * the same request may succeed if it is sent again. `docs/errors.md` is this table for readers; a test keeps both
 * in step.
 */
export const errorTable = {
  REQUISICAO_INVALIDA: { statusCode: 400, retryable: false, message: 'Requisição inválida.' },
  AUDIO_INVALIDO: { statusCode: 400, retryable: false, message: 'Nome de áudio inválido.' },
  TELEFONE_INVALIDO: {
    statusCode: 400,
    retryable: false,
    message: 'O campo "phone" não é um telefone válido.',
  },
  NAO_AUTENTICADO: { statusCode: 401, retryable: false, message: 'Credencial ausente ou inválida.' },
  SESSAO_INVALIDA: {
    statusCode: 401,
    retryable: false,
    message: 'Sessão inexistente, expirada ou revogada.',
  },
  ORIGEM_NAO_PERMITIDA: { statusCode: 403, retryable: false, message: 'Endereço de origem não permitido.' },
  PAPEL_SEM_PERMISSAO: {
    statusCode: 403,
    retryable: false,
    message: 'O papel deste cliente não permite a operação.',
  },
  USUARIO_NAO_IDENTIFICADO: {
    statusCode: 403,
    retryable: false,
    message: 'O código de acesso deste usuário não foi conferido nesta ligação.',
  },
  ROTA_NAO_ENCONTRADA: { statusCode: 404, retryable: false, message: 'Rota não encontrada.' },
  USUARIO_NAO_ENCONTRADO: { statusCode: 404, retryable: false, message: 'Usuário não encontrado.' },
  CHAMADO_NAO_ENCONTRADO: { statusCode: 404, retryable: false, message: 'Chamado não encontrado.' },
  AUDIO_NAO_ENCONTRADO: { statusCode: 404, retryable: false, message: 'Áudio não encontrado.' },
  CODIGO_NAO_ENCONTRADO: {
    statusCode: 404,
    retryable: false,
    message: 'Nenhum código de acesso foi pedido por este usuário nesta ligação.',
  },
  INFORMACAO_NAO_ENCONTRADA: { statusCode: 404, retryable: false, message: 'Informação não encontrada.' },
  GRAVACAO_NAO_ENCONTRADA: {
    statusCode: 404,
    retryable: false,
    message: 'O chamado não tem gravação.',
  },
  LIGACAO_NAO_ENCONTRADA: { statusCode: 404, retryable: false, message: 'Ligação não encontrada.' },
  MENSAGEM_NAO_ENCONTRADA: { statusCode: 404, retryable: false, message: 'Mensagem não encontrada.' },
  METODO_NAO_PERMITIDO: { statusCode: 405, retryable: false, message: 'Método HTTP não permitido.' },
  SEM_TELEFONE: {
    statusCode: 409,
    retryable: false,
    message: 'O usuário não tem WhatsApp nem e-mail cadastrado.',
  },
  CHAVE_REUTILIZADA: {
    statusCode: 409,
    retryable: false,
    message: 'A chave de idempotência já foi usada com outro conteúdo.',
  },
  USUARIO_JA_EXISTE: {
    statusCode: 409,
    retryable: false,
    message: 'Já existe um usuário com este código de cadastro.',
  },
  MUDANCA_NAO_PERMITIDA: {
    statusCode: 409,
    retryable: false,
    message: 'O estado atual não permite esta mudança.',
  },
  VERSAO_DIVERGENTE: {
    statusCode: 412,
    retryable: false,
    message: 'O recurso mudou desde que foi lido. Leia de novo e repita.',
  },
  CORPO_GRANDE_DEMAIS: { statusCode: 413, retryable: false, message: 'Corpo da requisição grande demais.' },
  TIPO_NAO_SUPORTADO: { statusCode: 415, retryable: false, message: 'Envie o corpo como application/json.' },
  SERVICO_INEXISTENTE: { statusCode: 422, retryable: false, message: 'Serviço inexistente ou desativado.' },
  VERSAO_AUSENTE: {
    statusCode: 428,
    retryable: false,
    message: 'Envie em If-Match o ETag do recurso que foi lido.',
  },
  LIMITE_DE_CODIGOS: {
    statusCode: 429,
    retryable: false,
    message: 'Limite de códigos de acesso atingido. Tente mais tarde.',
  },
  LIMITE_DE_TENTATIVAS: {
    statusCode: 429,
    retryable: false,
    message: 'Muitas tentativas com código de cadastro errado. Tente mais tarde.',
  },
  LIMITE_DE_REQUISICOES: {
    statusCode: 429,
    retryable: true,
    message: 'Muitas requisições. Tente mais tarde.',
  },
  ERRO_INTERNO: {
    statusCode: 500,
    retryable: true,
    message: 'Erro interno. Informe o número da requisição.',
  },
  SINTESE_FALHOU: { statusCode: 502, retryable: true, message: 'A síntese de voz falhou. Tente novamente.' },
  WHATSAPP_INDISPONIVEL: {
    statusCode: 503,
    retryable: false,
    message: 'O envio de mensagens está indisponível no momento.',
  },
  SERVICO_INDISPONIVEL: {
    statusCode: 503,
    retryable: true,
    message: 'Serviço temporariamente indisponível. Tente novamente.',
  },
} as const satisfies Record<string, { statusCode: number; retryable: boolean; message: string }>

export type ErrorCode = keyof typeof errorTable

export interface HelpdeskErrorOptions {
  /** Replaces the table's message; must stay fit to show to a person. */
  message?: string
  /** The request's field at fault, as `usuario` or `servico`. */
  field?: string
  /** Whole seconds after which the same request may be tried again. */
  retryAfterSeconds?: number
  cause?: unknown
}

/** An error with a code of {@link errorTable}; what every service answers and every client throws. */
export class HelpdeskError extends Error {
  override readonly name = 'HelpdeskError'
  readonly code: ErrorCode
  readonly statusCode: number
  readonly retryable: boolean
  readonly field: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, options: HelpdeskErrorOptions = {}) {
    const entry = errorTable[code]
    super(options.message ?? entry.message, { cause: options.cause })
    this.code = code
    this.statusCode = entry.statusCode
    this.retryable = entry.retryable
    this.field = options.field
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** The JSON body of every error answer. */
export interface ErrorBody {
  status: false
  erro: { codigo: ErrorCode; mensagem: string; campo?: string }
  requisicao: string
}

/** The body that tells `error` to a client; holds nothing but the table's words, the field and the request id. */
export function errorBody(error: HelpdeskError, requestId: string): ErrorBody {
  return {
    status: false,
    erro: {
      codigo: error.code,
      mensagem: error.message,
      ...(error.field === undefined ? {} : { campo: error.field }),
    },
    requisicao: requestId,
  }
}

/** Whether a text (from another service's answer) is a code of the table. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(errorTable, text)
}
