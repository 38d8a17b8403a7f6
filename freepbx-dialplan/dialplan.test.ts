import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { promptIds } from '../agi/src/prompts/ids.ts'
import { stepResults } from '../agi/src/scripts/dialplan-steps/step-result.ts'
import { stepScriptNames } from '../agi/src/scripts/dialplan-steps/step-scripts.ts'
import { findDialplanFaults } from './dialplan-faults.ts'

const allowed = {
  scripts: ['check', 'helpdesk', 'survey', ...stepScriptNames],
  prompts: promptIds,
  foreignContexts: ['ext-queues', 'macro-user-callerid', 'sub-record-check', 'timeconditions'], // FreePBX's own
}

function readHere(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8')
}

/** Every file of the folder that holds dialplan: settings of Asterisk's modules and globals have no extensions. */
const dialplanFiles = readdirSync(new URL('.', import.meta.url))
  .filter((name) => name.endsWith('.conf') && /^exten\s*=>/m.test(readHere(name)))
  .map((name) => ({ name, text: readHere(name) }))

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

describe.each(dialplanFiles)('$name', ({ name, text }) => {
  const beside = dialplanFiles.filter((file) => file.name !== name).map((file) => file.text)

  it('jumps only to what exists, plays only prompts of the pack, asks only for scripts that are served', () => {
    expect(findDialplanFaults(text, { ...allowed, beside })).toEqual([])
  })

  it('has contexts of our own prefix only, each opening with its purpose and who may enter', () => {
    const headings = [...text.matchAll(/^\[(.+)\]\n(.*)$/gm)]
    expect(headings.length).toBeGreaterThan(5)
    for (const [heading] of headings) expect(heading).toMatch(/^\[ura-.+\]\n; Purpose: .+ Who may enter: /)
  })
})

describe('the files together', () => {
  const text = dialplanFiles.map((file) => file.text).join('\n')

  it('are these', () => {
    expect(dialplanFiles.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'example-call.conf',
        'example-ivr.conf',
        'ura-helpdesk.conf',
        'ura-steps.conf',
      ]),
    )
  })

  it('read no global that ura-globals.conf does not set', () => {
    const globals = [...readHere('ura-globals.conf').matchAll(/^(\w+)=/gm)].map(([, name]) => name)
    const setOnTheChannel = [...text.matchAll(/(?:Set\(|,)(URA_\w+)=|Read\((URA_\w+)/g)].map(
      ([, set, keyed]) => set ?? keyed,
    )
    const read = [...text.matchAll(/\$\{(URA_\w+)(?=[:}])/g)].map(([, name]) => name)
    expect(read.length).toBeGreaterThan(10)
    for (const name of read) expect([...globals, ...setOnTheChannel]).toContain(name)
    expect(globals.filter((name) => !read.includes(name))).toEqual([])
  })
})

describe('ura-steps.conf', () => {
  const contexts = readHere('ura-steps.conf')
    .split(/^(?=\[)/m)
    .map((text) => ({ name: /^\[(.+)\]/.exec(text)?.[1], text }))

  it.each(stepScriptNames)('has a context for %s, which asks for that script and nothing else', (script) => {
    const { text = '' } = contexts.find(({ name }) => name === `ura-step-${script}`) ?? {}
    expect([...text.matchAll(/agi:\/\/[^/]+\/([\w-]+)/g)].map(([, asked]) => asked)).toEqual([script])
  })

  it('lets no argument reach a server unfiltered', () => {
    const asking = contexts.filter(({ text }) => text.includes('AGI('))
    expect(asking.length).toBe(stepScriptNames.length)
    for (const { text } of asking) {
      const [, given = ''] = /AGI\(agi:[^,)]*,?(.*)\)$/m.exec(text) ?? []
      for (const argument of given.split(',').filter(Boolean)) {
        const name = /^\$\{(ARG\d)\}$/.exec(argument)?.[1] ?? `${argument} is no argument`
        const assigned = [...text.matchAll(new RegExp(`Set\\(${name}=(.{10})`, 'g'))].map(
          ([, value]) => value,
        )
        expect(assigned.length).toBeGreaterThan(0)
        for (const value of assigned) expect(value).toMatch(/^\$\{FILTER\(/)
      }
    }
  })
})

describe('docs/menus-proprios.md', () => {
  const text = readHere('../docs/menus-proprios.md')

  it.each(stepScriptNames)('tells of %s and its context', (script) => {
    expect(text).toContain(`| \`ura-step-${script}\` | \`${script}\` |`)
  })

  it('tells each word of URA_RESULT, and no other', () => {
    const section = text.slice(text.indexOf('## `URA_RESULT`'), text.indexOf('## Quem pode'))
    const words = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, word]) => word)
    expect(words).toEqual(Object.keys(stepResults))
  })
})

describe('the check itself', () => {
  it.each([
    ['a label that is not there', contextOf('Goto(nowhere)'), 'jumps to nowhere'],
    ['a context that is not there', contextOf('GotoIf($[1 = 1]?ura-b,s,1)'), 'jumps to ura-b,s,1'],
    ['a wrong else branch', contextOf('GotoIf($["${X}" = "?"]?s,1:ura-b,s,1)'), 'jumps to ura-b,s,1'],
    ['a subroutine that is not there', contextOf('Gosub(ura-b,s,1)'), 'jumps to ura-b,s,1'],
    [
      'a subroutine with arguments that is not there',
      contextOf('Gosub(ura-b,s,1(x,y))'),
      'jumps to ura-b,s,1',
    ],
    ['a priority past the end', contextOf('GotoIfTime(*,*,*,*?s,9)'), 'jumps to s,9'],
    ['a script that is not served', contextOf('AGI(agi://${URA_SERVER1}/other,start)'), 'script "other"'],
    ['an address without a script', contextOf('AGI(agi://${URA_SERVER1}/)'), 'script ""'],
    ['a prompt that is not in the pack', contextOf('Playback(ura/hello)'), 'plays ura/hello'],
    ['a prompt inside ExecIf', contextOf('ExecIf($[1 = 1]?Playback(ura/hello))'), 'plays ura/hello'],
    ['Macro', contextOf('Macro(user-callerid)'), 'Macro is not allowed'],
    ['dialing out', contextOf('Dial(PJSIP/0${EXTEN}@trunk)'), 'Dial is not allowed'],
    ['dialing out inside ExecIf', contextOf('ExecIf($[1 = 1]?Dial(PJSIP/0@trunk))'), 'Dial is not allowed'],
    ['a subroutine with arguments', contextOf('Gosub(ura-b,s,1(x,${Y}))'), 'jumps to ura-b,s,1'],
    ['a script with a query', contextOf('AGI(agi://${S}/other?a=1,start)'), 'script "other"'],
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
      'Gosub(ura-a,t,1(x,${Y},z))',
    )
    expect(findDialplanFaults(text, allowed)).toEqual([])
  })

  it('knows the contexts of files that are loaded beside', () => {
    const text = contextOf('Goto(ura-b,s,1)')
    const other = contextOf('Hangup()').replace('[ura-a]', '[ura-b]')
    expect(findDialplanFaults(text, { ...allowed, beside: [other] })).toEqual([])
    expect(findDialplanFaults(text, { ...allowed, beside: [other, text] })).toEqual([
      'ura-a: stands in another file as well',
    ])
  })

  it('accepts arguments of a subroutine and the query of an address', () => {
    const text = contextOf('Gosub(ura-a,s,2(1,${X}))', 'AGI(agi://${S}/helpdesk?step=${N},1)')
    expect(findDialplanFaults(text, allowed)).toEqual([])
  })

  it('refuses a line that it cannot read rather than passing over it', () => {
    expect(() => findDialplanFaults('[ura-a]\nexten = s,1,Hangup', allowed)).toThrow('line 2')
  })
})
