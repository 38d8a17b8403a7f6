import type { Logger } from '@ura/core/logger'
import type { DeliveryStatus } from '../drivers/driver.ts'
import { isSettled, type MessageState } from './message-state.ts'
import type { Move, OutboxStore } from './outbox-store.ts'
import { type ToldMove, toldMoveOf } from './told-move.ts'

/** What has happened and is not on disk yet, at most; a provider that tells more meanwhile is not listened to. */
const movesMax = 10_000

/** What happened to messages and isn't on disk yet: kept in order until the store takes it, also while it can't. */
export class MoveJournal {
  readonly #store: OutboxStore
  readonly #log: Logger
  readonly #onSettled: (messageId: string, state: MessageState) => void
  readonly #moves: ToldMove[] = []

  constructor(options: {
    store: OutboxStore
    log: Logger
    /** Told of every message that has settled, once that is on disk. */
    onSettled: (messageId: string, state: MessageState) => void
  }) {
    this.#store = options.store
    this.#log = options.log
    this.#onSettled = options.onSettled
  }

  /** Takes an entry; `write` brings it to the store. */
  add(move: ToldMove): void {
    this.#moves.push(move)
  }

  /** Takes a provider's word unless too much waits for the store already; false when it doesn't. */
  addReport(status: DeliveryStatus): boolean {
    if (this.#moves.length >= movesMax) {
      this.#log.error({ movesMax }, 'delivery status dropped: too much waits for the store')
      return false
    }
    this.#moves.push(toldMoveOf(status))
    return true
  }

  /**
   * Writes what happened, oldest first; an entry stays until the store has it.
   * @throws what the store throws; the rest stays for the next time
   */
  async write(): Promise<void> {
    for (let told = this.#moves[0]; told !== undefined; told = this.#moves[0]) {
      const id = await this.#idOf(told)
      const move = id === null ? null : { ...told, id }
      const moved = move !== null && (await this.#store.move(move))
      this.#moves.shift()
      if (moved) {
        this.#tell(move)
      }
    }
  }

  /**
   * Writes one provider's word past the queue, for who must know that it is on disk: whether it moved the message, found
   * it further on already, or was about none of ours.
   * @throws what the store throws; nothing has happened then
   */
  async settle(status: DeliveryStatus): Promise<'moved' | 'unmoved' | 'unknown'> {
    const told = toldMoveOf(status)
    const id =
      told.id === null
        ? (this.#answeredBy(status.id) ?? (await this.#idOf(told)) ?? this.#answeredBy(status.id))
        : ((await this.#store.find(told.id))?.id ?? null)
    if (id === null) {
      return 'unknown'
    }
    const move = { ...told, id }
    if (!(await this.#store.move(move))) {
      return 'unmoved'
    }
    this.#tell(move)
    return 'moved'
  }

  /** Whose send brought that id, while the answer still waits for the store. */
  #answeredBy(providerId: string): string | null {
    return this.#moves.find((move) => move.id !== null && move.providerId === providerId)?.id ?? null
  }

  async #idOf({ id, providerId }: ToldMove): Promise<string | null> {
    return id === null && providerId !== undefined
      ? ((await this.#store.findByProviderId(providerId))?.id ?? null)
      : id
  }

  #tell({ id, to, reason }: Move): void {
    this.#log.info({ messageId: id, state: to, reason }, 'message moved')
    if (isSettled(to)) {
      this.#onSettled(id, to)
    }
  }
}
