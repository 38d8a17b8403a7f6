import { createHash } from 'node:crypto'
import type { PackedPrompt } from '@ura/api/speech/prompt-pack'
import type { CallStep } from './call-order.ts'
import { pageScript, pageStyle } from './listening-page-parts.ts'

export interface ListeningPageContent {
  /** Who speaks, for people: `espeak, pt-br, 8.000 Hz`. */
  voice: string
  steps: readonly CallStep[]
  /** What the steps name, in any order; a step's sound that isn't among them is left out. */
  prompts: readonly PackedPrompt[]
}

/**
 * One HTML file in which a browser plays every prompt, with its id, text, duration and level, in the order of a call.
 * It has all within it and asks for nothing: its own policy refuses every address.
 */
export function listeningPage({ voice, steps, prompts }: ListeningPageContent): string {
  const byId = new Map(prompts.map((prompt) => [prompt.id, prompt]))
  const sections = steps.map((step) => ({
    ...step,
    prompts: step.sounds.flatMap((id) => byId.get(id) ?? []),
  }))
  const seconds = prompts.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000
  return `<!doctype html>
<html lang="pt-BR">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Avisos da URA Chamados</title>
<link rel="icon" href="data:,">
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>Avisos da URA Chamados</h1>
<p>Tudo o que se ouve numa ligação, na ordem em que se ouve. Voz: ${escapeHtml(voice)}.
${prompts.length} áudios, ${decimal(seconds / 60, 1)} minutos.</p>
<p><button type="button" data-play="ligacao" hidden>Tocar tudo</button>
<button type="button" hidden>Parar</button> <span role="status"></span></p>
</header>
<nav aria-label="Etapas da ligação">
<ul>
${sections.map(({ id, title }) => `<li><a href="#etapa-${escapeHtml(id)}">${escapeHtml(title)}</a></li>`).join('\n')}
</ul>
</nav>
<main id="ligacao">
${sections.map(section).join('\n')}
</main>
<script>${pageScript}</script>
</body>
</html>
`
}

const policy = [
  "default-src 'none'",
  'img-src data:',
  'media-src data:',
  `style-src '${hashOf(pageStyle)}'`,
  `script-src '${hashOf(pageScript)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

function hashOf(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`
}

function section({ id, title, prompts }: CallStep & { prompts: PackedPrompt[] }): string {
  const anchor = escapeHtml(`etapa-${id}`)
  return `<section id="${anchor}" aria-labelledby="${anchor}-titulo">
<h2 id="${anchor}-titulo">${escapeHtml(title)}</h2>
<p><button type="button" data-play="${anchor}" hidden>Tocar esta etapa: ${escapeHtml(title)}</button></p>
<ol>
${prompts.map(item).join('\n')}
</ol>
</section>`
}

function item({ id, text, durationMs, levelDbfs, peakDbfs, wav }: PackedPrompt): string {
  const name = escapeHtml(id)
  const figures = `${decimal(durationMs / 1_000, 1)} s, nível ${decimal(levelDbfs, 1)} dBFS, pico ${decimal(peakDbfs, 1)} dBFS`
  return `<li id="${name}">
<p><code>${name}</code> <span class="figures">${figures}</span></p>
<p class="text">${escapeHtml(text)}</p>
<audio controls preload="metadata" aria-label="Ouvir ${name}" src="data:audio/wav;base64,${wav.toString('base64')}"></audio>
</li>`
}

/** As people write numbers in Brazil, the minus sign as such. */
function decimal(value: number, digits: number): string {
  return value
    .toLocaleString('pt-BR', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .replace('-', '−')
}

/** Text as HTML, within elements and quoted attributes alike. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
