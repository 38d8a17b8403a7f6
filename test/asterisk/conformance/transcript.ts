/** One line of the server and everything Asterisk sent until the next. */
export type Exchange = { line: string; replies: string[] }

/** A whole conversation, comparable between two Asterisks. */
export type Transcript = {
  environment: string[]
  exchanges: Exchange[]
  /** What Asterisk sent after the last command, until it closed. */
  closing: string[]
  agiStatus: string
}

/** Values of the environment that differ from call to call, and those of a build: the version and the thread. */
const ownValues = new Set(['agi_channel', 'agi_uniqueid', 'agi_version', 'agi_threadid'])

/** Takes out of a transcript what can't be equal between two Asterisks, and nothing else. */
export function comparable(transcript: Transcript): Transcript {
  return {
    ...transcript,
    environment: transcript.environment.map(comparableFact),
    exchanges: transcript.exchanges.map(({ line, replies }) => ({
      line,
      replies: comparableReplies(replies),
    })),
  }
}

function comparableFact(line: string): string {
  const [name = ''] = line.split(': ', 1)
  return ownValues.has(name) ? `${name}: …` : line
}

function comparableReplies(replies: readonly string[]): string[] {
  const kept: string[] = []
  let insideUsage = false
  for (const reply of replies) {
    if (reply === '520 End of proper usage.') insideUsage = false
    // The usage text is the documentation of that build; the lines around it are the protocol.
    if (!insideUsage) kept.push(comparablePosition(reply))
    if (reply.startsWith('520-')) insideUsage = true
  }
  return kept
}

/** How much of a recording there is at a key or a hangup, and how many ms its last wait had left, is chance. */
const dependsOnMoment: readonly [RegExp, string][] = [
  [/^(200 result=-?\d+ \((?:dtmf|hangup)\)) endpos=\d+$/, '$1 endpos=…'],
  [/^200 result=\d+ \(timeout\) endpos=/, '200 result=… (timeout) endpos='],
]

/** A position depends on lengths and moments: only whether it is before, at or after the beginning can be equal. */
function comparablePosition(reply: string): string {
  const timeless = dependsOnMoment.reduce((text, [pattern, kept]) => text.replace(pattern, kept), reply)
  return timeless.replace(/endpos=(-?\d+)/, (_, position: string) => `endpos=${sign(Number(position))}`)
}

function sign(position: number): string {
  if (position === 0) return '0'
  return position < 0 ? '-' : '+'
}
