import { describe, expect, it } from 'vitest'
import { everyCommand } from './scripts/interruptions.ts'
import { scripts } from './scripts/index.ts'

const lines = (living: boolean): string[] =>
  scripts
    .filter(
      ({ entry, name }) => living === (entry !== 'hungUp' && name !== 'every command on a dead channel'),
    )
    .flatMap(({ steps }) => steps.map(({ line }) => line))

const verbs = everyCommand.map((line) => {
  const known =
    /^(?:(?:ASYNCAGI|CHANNEL|DATABASE|RECEIVE|RECORD|SAY|SEND|SET|STREAM|TDD) \w+|CONTROL STREAM FILE|GET FULL VARIABLE|GET \w+|SPEECH \w+ GRAMMAR|SPEECH \w+|WAIT FOR DIGIT|\w+)/
  return known.exec(line)?.[0] ?? ''
})

describe('the conformance scripts', () => {
  it('hold every one of the 47 commands', () => {
    expect(new Set(verbs).size).toBe(47)
  })

  it.each(verbs)('run %s on a living channel and on a dead one', (verb) => {
    const isOfVerb = (line: string): boolean => line === verb || line.startsWith(`${verb} `)
    expect(lines(true).some(isOfVerb)).toBe(true)
    expect(lines(false).some(isOfVerb)).toBe(true)
  })

  it('tell apart by their text the lines during which something happens', () => {
    for (const { name, steps } of scripts) {
      for (const { line, during } of steps) {
        if (during === undefined) continue
        expect(
          steps.filter((other) => other.line === line),
          `${name}: ${line}`,
        ).toHaveLength(1)
      }
    }
  })
})
