import { fakeCall, type FakeCall, type FakeCallEnd } from 'asterisk-agi/testing'

/** What a dialplan gives to a step. */
export interface StepRequest {
  arguments?: readonly string[]
  /** The address's query, as `step=1`. */
  query?: string
  /** Variables that earlier steps left on the channel. */
  variables?: Readonly<Record<string, string>>
}

/** One call whose dialplan asks a FastAGI server for steps, as Asterisk would: the same ids each time. */
export class StepCaller {
  readonly #port: number
  readonly #ids: { uniqueId: string; linkedId: string }

  constructor(port: number, ids: { uniqueId: string; linkedId?: string } = { uniqueId: '1795360430.7' }) {
    this.#port = port
    this.#ids = { linkedId: ids.uniqueId, ...ids }
  }

  /** Asks for one step and waits for its end. */
  ask(script: string, request: StepRequest = {}): Promise<FakeCallEnd> {
    return this.begin(script, request).ended
  }

  /** Asks for one step, for tests that do something meanwhile. */
  begin(script: string, { arguments: given = [], query, variables = {} }: StepRequest = {}): FakeCall {
    return fakeCall({
      port: this.#port,
      script: query === undefined ? script : `${script}?${query}`,
      arguments: given,
      variables,
      ...this.#ids,
      speed: 200,
    })
  }
}
