import { HelpdeskError } from '@ura/core/errors'
import { DateTime } from 'luxon'
import { planCallbackList } from '../callbacks/callback-list.ts'
import { type CallbackState, callbackStates } from '../callbacks/callback-repository.ts'
import { type CallbackResource, findCallbacksByKey } from '../callbacks/callback-resources.ts'
import { editCallback } from '../callbacks/edit-callback.ts'
import { inTransaction } from '../database/transaction.ts'
import { keysetQuery } from '../listing/keyset-query.ts'
import {
  type AdminContext,
  type CommandInput,
  type CommandOutcome,
  type Commands,
  formatTable,
  integerOption,
  RefusedError,
  UsageError,
} from './command.ts'

const stateWords: Readonly<Record<CallbackState, string>> = {
  waiting: 'esperando',
  done: 'feita',
  superseded: 'já tem chamado',
}

export const callbackCommands: Commands = {
  'callbacks list': {
    usage: 'callbacks list',
    summary: 'Lista quem desligou antes do chamado e espera retorno, do mais antigo ao mais novo',
    positionals: { min: 0, max: 0 },
    options: {
      state: { value: 'SITUAÇÃO', summary: `${callbackStates.join(', ')}; padrão waiting` },
      user: { value: 'CÓDIGO', summary: 'Só deste usuário' },
      limit: { value: 'N', summary: 'Quantos no máximo, de 1 a 200; padrão 50' },
    },
    explanation:
      'Entra aqui a ligação de quem provou quem é pelo código de acesso e ficou sem chamado, técnico ou resposta. ' +
      'Sai quando a pessoa recebe um chamado (superseded) ou alguém a marca como feita (done).',
    run: listCallbacks,
  },
  'callbacks done': {
    usage: 'callbacks done LIGAÇÃO [ENTRADA]',
    summary: 'Marca um retorno como feito; a entrada é a da lista, padrão 1',
    positionals: { min: 1, max: 2 },
    run: (context, input) => mark(context, input, true),
  },
  'callbacks reopen': {
    usage: 'callbacks reopen LIGAÇÃO [ENTRADA]',
    summary: 'Volta a marcar um retorno como esperando',
    positionals: { min: 1, max: 2 },
    run: (context, input) => mark(context, input, false),
  },
}

async function listCallbacks({ db, config }: AdminContext, input: CommandInput): Promise<CommandOutcome> {
  const limit = integerOption(input, 'limit', { min: 1, max: 200, default: 50 })
  const plan = planCallbackList({
    state: parseState(input.value('state')),
    userCode: input.value('user'),
    sort: 'startedAt',
  })
  const query = keysetQuery(db, { ...plan, after: null, limit })
  const callbacks = query === null ? [] : await findCallbacksByKey(db, (await query.execute(db)).rows)
  const rows = callbacks.map((callback) => [
    callback.callId,
    String(callback.round),
    stateWords[callback.state],
    DateTime.fromISO(callback.startedAt, { zone: config.timeZone }).toFormat('yyyy-MM-dd HH:mm'),
    `${callback.user.code} ${callback.user.name}`,
    choiceOf(callback),
    callback.doneBy ?? '-',
  ])
  return {
    data: { callbacks },
    text: formatTable([
      ['LIGAÇÃO', 'ENTRADA', 'SITUAÇÃO', 'LIGOU EM', 'USUÁRIO', 'ESCOLHEU', 'FEITA POR'],
      ...rows,
    ]),
  }
}

function choiceOf({ category, service }: CallbackResource): string {
  return service?.name ?? category ?? '-'
}

async function mark(
  { db, now, actor }: AdminContext,
  { positionals: [callId = '', round = '1'] }: CommandInput,
  done: boolean,
): Promise<CommandOutcome> {
  if (!/^[1-9]\d?$/.test(round)) {
    throw new UsageError('A entrada é um número de 1 a 99.')
  }
  const key = { callId, round: Number(round) }
  try {
    const callback = await inTransaction(db, (trx) =>
      editCallback(trx, { key, done, source: { actor }, now }),
    )
    return { data: callback, text: `Ligação ${callId}, entrada ${round}: ${stateWords[callback.state]}.` }
  } catch (error) {
    if (error instanceof HelpdeskError) {
      throw new RefusedError(refusalOf(error, callId))
    }
    throw error
  }
}

function refusalOf({ code, message }: HelpdeskError, callId: string): string {
  if (code === 'LIGACAO_NAO_ENCONTRADA') {
    return `A ligação "${callId}" não espera retorno.`
  }
  return code === 'MUDANCA_NAO_PERMITIDA' ? 'A pessoa já tem um chamado desde essa ligação.' : message
}

function parseState(word: string | undefined): CallbackState | undefined {
  const state = callbackStates.find((candidate) => candidate === word)
  if (word !== undefined && state === undefined) {
    throw new UsageError(`"${word}" não é uma situação: ${callbackStates.join(', ')}.`)
  }
  return state
}
