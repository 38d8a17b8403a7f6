import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { promptIds } from '../agi/src/prompts/ids.ts'
import { findDialplanFaults } from './dialplan-faults.ts'

const allowed = {
  scripts: ['helpdesk', 'survey'],
  prompts: promptIds,
  foreignContexts: ['ext-queues', 'timeconditions'], // FreePBX's own
}

function readHere(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8')
}

/** A dialplan of one context that has all its guards, with the given steps as its extension s. */
function contextOf(...steps: string[]): string {
  const [first = 'NoOp()', ...rest] = steps
  return [
    '[ura-a]',
    `exten => s,1,${first}`,
    ...rest.map((step) => `same => n,${step}`),
    'exten => i,1,Hangup()',
    'exten => t,1,Hangup()',
    'exten => h,1,NoOp()',
  ].join('\n')
}

describe('ura-helpdesk.conf', () => {
  const text = readHere('ura-helpdesk.conf')

  it('jumps only to what exists, plays only prompts of the pack, asks only for scripts that are served', () => {
    expect(findDialplanFaults(text, allowed)).toEqual([])
  })

  it('has contexts of our own prefix only, each opening with its purpose and who may enter', () => {
    const headings = [...text.matchAll(/^\[(.+)\]\n(.*)$/gm)]
    expect(headings.length).toBeGreaterThan(5)
    for (const [heading] of headings) expect(heading).toMatch(/^\[ura-.+\]\n; Purpose: .+ Who may enter: /)
  })

  it('reads no global that ura-globals.conf does not set', () => {
    const globals = [...readHere('ura-globals.conf').matchAll(/^(\w+)=/gm)].map(([, name]) => name)
    const setOnTheChannel = [...text.matchAll(/(?:Set\(|MSet\(|,)(URA_\w+)=/g)].map(([, name]) => name)
    const read = [...text.matchAll(/\$\{(URA_\w+)\}/g)].map(([, name]) => name)
    expect(read.length).toBeGreaterThan(10)
    for (const name of read) expect([...globals, ...setOnTheChannel]).toContain(name)
    expect(globals.filter((name) => !read.includes(name))).toEqual([])
  })
})

describe('the check itself', () => {
  it.each([
    ['a label that is not there', contextOf('Goto(nowhere)'), 'jumps to nowhere'],
    ['a context that is not there', contextOf('GotoIf($[1 = 1]?ura-b,s,1)'), 'jumps to ura-b,s,1'],
    ['a wrong else branch', contextOf('GotoIf($["${X}" = "?"]?s,1:ura-b,s,1)'), 'jumps to ura-b,s,1'],
    ['a subroutine that is not there', contextOf('Gosub(ura-b,s,1)'), 'jumps to ura-b,s,1'],
    ['a priority past the end', contextOf('GotoIfTime(*,*,*,*?s,9)'), 'jumps to s,9'],
    ['a script that is not served', contextOf('AGI(agi://${URA_SERVER1}/other,start)'), 'script "other"'],
    ['an address without a script', contextOf('AGI(agi://${URA_SERVER1}/)'), 'script ""'],
    ['a prompt that is not in the pack', contextOf('Playback(ura/hello)'), 'plays ura/hello'],
    ['a prompt inside ExecIf', contextOf('ExecIf($[1 = 1]?Playback(ura/hello))'), 'plays ura/hello'],
    ['Macro', contextOf('Macro(user-callerid)'), 'Macro is not allowed'],
    ['dialing out', contextOf('Dial(PJSIP/0${EXTEN}@trunk)'), 'Dial is not allowed'],
    ['dialing out inside ExecIf', contextOf('ExecIf($[1 = 1]?Dial(PJSIP/0@trunk))'), 'Dial is not allowed'],
    ['a missing guard', '[ura-a]\nexten => s,1,Hangup()', 'has no extension h'],
    ['a missing include', '[ura-a]\ninclude => ura-b', 'includes ura-b'],
  ])('finds %s', (_, text, fault) => {
    expect(findDialplanFaults(text, allowed).join('\n')).toContain(fault)
  })

  it('accepts a jump by label, by priority, to another extension and to a named foreign context', () => {
    const text = contextOf(
      'Goto(s,2)',
      'Goto(i,1)',
      'GotoIf($[1 = 1]?ura-a,t,1:1)',
      'Goto(ext-queues,${Q},1)',
    )
    expect(findDialplanFaults(text, allowed)).toEqual([])
  })

  it('refuses a line that it cannot read rather than passing over it', () => {
    expect(() => findDialplanFaults('[ura-a]\nexten = s,1,Hangup', allowed)).toThrow('line 2')
  })
})
