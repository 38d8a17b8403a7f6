import { encodeWav } from '@ura/api/speech/wav'
import { describe, expect, it } from 'vitest'
import { escapeHtml, listeningPage } from './listening-page.ts'

const wav = encodeWav({ sampleRateHz: 8_000, samples: new Int16Array(800) })
const prompt = (id: string, text: string) => ({
  id,
  text,
  file: `${id}.wav`,
  durationMs: 12_345,
  levelDbfs: -20.04,
  peakDbfs: -3.2,
  hash: '',
  wav,
})
const page = (prompts: ReturnType<typeof prompt>[], voice = 'espeak, pt-br') =>
  listeningPage({
    voice,
    steps: [
      { id: 'menu', title: 'Menu principal', sounds: ['main-menu', 'goodbye'] },
      { id: 'fim', title: 'Fim', sounds: ['no-such-prompt'] },
    ],
    prompts,
  })

describe('the listening page', () => {
  it('shows id, text, duration and level, and holds the sound', () => {
    const html = page([prompt('main-menu', 'Para abrir um chamado, tecle 1.')])
    expect(html).toContain(
      '<code>main-menu</code> <span class="figures">12,3 s, nível −20,0 dBFS, pico −3,2 dBFS',
    )
    expect(html).toContain('<p class="text">Para abrir um chamado, tecle 1.</p>')
    expect(html).toContain(`src="data:audio/wav;base64,${wav.toString('base64')}"`)
  })

  it('follows the order of the steps, not that of the pack', () => {
    const html = page([prompt('goodbye', 'Até logo.'), prompt('main-menu', 'Menu.')])
    expect(html.indexOf('>Menu.<')).toBeLessThan(html.indexOf('>Até logo.<'))
  })

  it('takes every text for a text', () => {
    const hostile = `</p><script>alert(1)</script><img src=x onerror="alert('&amp;')">`
    const html = page([prompt('main-menu', hostile)], hostile)
    expect(html.match(/<script/g)).toHaveLength(1)
    expect(html).not.toContain('<img')
    expect(escapeHtml(`<a href="x" title='y'>&</a>`)).not.toMatch(/[<>"']/)
  })

  it('names no address', () => {
    expect(page([prompt('main-menu', 'Menu.')])).not.toMatch(/(?:https?:)?\/\/\w/)
    expect(page([])).toContain("default-src 'none'")
  })
})
