import { emitKeypressEvents } from 'node:readline'
import type { FakeCall, FakeCaller } from 'asterisk-agi/testing'

/** A person at the terminal: every key goes to the call at once, Ctrl-C hangs up. */
export interface KeyboardCaller {
  asked: NonNullable<FakeCaller['asked']>
  connect(call: FakeCall): void
  close(): void
}

export function keyboardCaller(input: NodeJS.ReadStream = process.stdin): KeyboardCaller {
  let listener: ((text: string | undefined, key: { ctrl: boolean; name?: string }) => void) | null = null
  return {
    // Keys arrive by `press`; the question itself stays open until then or until its time is over.
    asked: () => new Promise(() => {}),
    connect: (call) => {
      listener = (text, key) => {
        if (key.ctrl && key.name === 'c') {
          call.hangup()
        } else if (text !== undefined && /^[0-9*#]$/.test(text)) {
          console.log(`  Você:     ${text}`)
          call.press(text)
        }
      }
      emitKeypressEvents(input)
      input.setRawMode?.(true)
      input.on('keypress', listener)
      input.resume()
      console.log('Tecle 0-9, * e #. Ctrl-C desliga.\n')
    },
    close: () => {
      if (listener !== null) {
        input.off('keypress', listener)
      }
      input.setRawMode?.(false)
      input.pause()
    },
  }
}
