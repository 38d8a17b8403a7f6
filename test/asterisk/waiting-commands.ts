import type { AgiCall } from 'asterisk-agi'

/** One command that waits for the caller, a file or an application, and what a hangup in the middle of it gives. */
export type WaitingCommand = {
  /** How AMI shows the command when it begins. */
  begins: RegExp
  issue: (call: AgiCall) => Promise<unknown>
  /** What the promise comes to: a result, or the code of an AgiError. */
  whenHungUp: unknown
}

const long = 'ura/long'

/**
 * Every command of Asterisk 22 that waits, but SPEECH RECOGNIZE, which needs an engine, and SAY in its other forms,
 * which play one file after another as SAY DIGITS does.
 */
export const waitingCommands: Readonly<Record<string, WaitingCommand>> = {
  'stream-file': {
    begins: /^STREAM FILE/,
    issue: (call) => call.streamFile(long, '123'),
    whenHungUp: 'hangup',
  },
  'control-stream-file': {
    begins: /^CONTROL STREAM FILE/,
    issue: (call) => call.controlStreamFile(long),
    whenHungUp: 'hangup',
  },
  'get-option': {
    begins: /^GET OPTION/,
    issue: (call) => call.getOption(long, '123', 30_000),
    whenHungUp: 'hangup',
  },
  'get-data': {
    begins: /^GET DATA/,
    issue: (call) => call.getData(long, 30_000, 4),
    whenHungUp: 'hangup',
  },
  'wait-for-digit': {
    begins: /^WAIT FOR DIGIT/,
    issue: (call) => call.waitForDigit(30_000),
    whenHungUp: 'hangup',
  },
  'say-digits': {
    begins: /^SAY DIGITS/,
    issue: (call) => call.sayDigits('1'.repeat(30)),
    whenHungUp: 'hangup',
  },
  'record-file': {
    begins: /^RECORD FILE/,
    issue: async (call) => {
      const { kind } = await call.recordFile('kill-test', 'wav', { timeoutMs: 30_000 })
      return kind
    },
    whenHungUp: 'hangup',
  },
  'receive-char': {
    begins: /^RECEIVE CHAR/,
    issue: (call) => call.receiveChar(30_000),
    whenHungUp: 'hangup',
  },
  'receive-text': {
    begins: /^RECEIVE TEXT/,
    issue: (call) => call.receiveText(30_000),
    whenHungUp: 'hangup',
  },
  exec: {
    begins: /^EXEC "Wait"/,
    issue: (call) => call.exec('Wait', '30'),
    // What an application says that a hangup ended; nothing else tells it apart.
    whenHungUp: -1,
  },
  gosub: {
    begins: /^GOSUB/,
    issue: (call) => call.gosub({ context: 'slow-subroutine', extension: 's', priority: 1 }),
    // As Asterisk says of a subroutine that the hangup ended.
    whenHungUp: 'left',
  },
}
