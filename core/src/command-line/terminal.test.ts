import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createTerminal } from './terminal.ts'

function createStreams(isTTY: boolean) {
  const input = Object.assign(new PassThrough(), { isTTY })
  const output = Object.assign(new PassThrough(), { isTTY })
  return { input, output, written: () => String(output.read() ?? '') }
}

describe('a question', () => {
  it.each([
    ['s\n', true],
    ['Sim\n', true],
    ['n\n', false],
    ['\n', false],
    ['sempre\n', false],
  ])('that is answered with %j gives %j', async (typed, expected) => {
    const streams = createStreams(true)
    const answer = createTerminal(streams).confirm?.('Continuar?')
    streams.input.write(typed)
    expect(await answer).toBe(expected)
    expect(streams.written()).toContain('Continuar? [s/N]')
  })

  it('that nobody answers is a no', async () => {
    const streams = createStreams(true)
    const answer = createTerminal(streams).confirm?.('Continuar?')
    streams.input.end()
    expect(await answer).toBe(false)
  })

  it("can't be asked where there is no terminal", () => {
    expect(createTerminal(createStreams(false)).confirm).toBeNull()
  })
})

describe('progress', () => {
  it('is a bar on a terminal, drawn anew for each percent', () => {
    const streams = createStreams(true)
    const terminal = createTerminal(streams)
    terminal.progress('Importando', 500, 1_000)
    terminal.progress('Importando', 501, 1_000)
    terminal.progress('Importando', 1_000, 1_000)
    expect(streams.written()).toBe(
      `\rImportando ${'█'.repeat(15)}${'░'.repeat(15)} 50%\rImportando ${'█'.repeat(30)} 100%\n`,
    )
  })

  it('is a line for each tenth elsewhere', () => {
    const streams = createStreams(false)
    const terminal = createTerminal(streams)
    for (let done = 90; done <= 100; done += 1) {
      terminal.progress('Importando', done, 100)
    }
    expect(streams.written()).toBe('Importando: 90%\nImportando: 100%\n')
  })
})
