import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digitPrompts, type PromptId } from '@ura/agi/prompts/ids'
import { promptTexts } from '@ura/agi/prompts/pt-br'
import { createEspeakSynthesizer } from '@ura/api/speech/espeak-synthesizer'
import { buildPromptPack } from '@ura/api/speech/prompt-pack'
import { decodeWav } from '@ura/api/speech/wav'
import { ensureAsterisk } from '../../scripts/real-parts/asterisk.ts'
import { ensureProcessAgiPhp } from '../../scripts/real-parts/php.ts'
import { ensureSipp } from '../../scripts/real-parts/sipp.ts'
import { writeNoisePrompts } from '../../test/listening/noise-prompts.ts'
import { type CoreLayout, coresOf, moveProcess } from './cores.ts'
import { type CallCounts, makeCalls } from './sipp.ts'
import { type Exchange, startExchange } from './exchange.ts'
import type { CallWay, DeskPhone } from './exchange-configuration.ts'
import { deskPeople } from './people.ts'
import { askApi, type Services, speakNames, startServices, untilSpoken, type Voice } from './services.ts'

/** Everything that takes part in a load of calls: a real Asterisk, our services, callers by SIPp. */
export interface Stage {
  services: Services
  exchange: Exchange
  /** Makes calls at a steady rate and waits for the end of the last one. */
  call: (load: CallBurst) => Promise<CallCounts>
  /** From now on everything runs on all cores (as it begins), or the exchange with its callers on one and our services on another. */
  useCores: (layout: CoreLayout) => Promise<void>
  stop: () => Promise<void>
}

/** So many calls by one way, at a rate. */
export interface CallBurst {
  way: CallWay
  callsPerS: number
  calls: number
  /** Callers who hang up at each of four moments, 0 (default) to 1. */
  hangupPart?: number
}

/** The key of the category that callers choose. */
const chosenCategory = '2'
/** For one sentence, while nobody waits at a telephone. */
const patienceMs = 60_000
const packTriesMax = 20
const packFolder = join('pt_BR', 'ura')
/** How long the confirmation's last sentence is heard before its key. */
const confirmationHeardMs = 700

/**
 * Sets everything up (about half a minute; minutes when Asterisk, SIPp or PHP have to be got first).
 *
 * @throws Error saying why when the real parts can't be had on this machine
 */
export async function setStage(options: {
  /** FastAGI servers; default 1. */
  agiCount?: number
  /** Default the embedded voice. */
  voice?: Voice
  progress: (line: string) => void
}): Promise<Stage> {
  const { progress, agiCount = 1, voice = 'espeak' } = options
  const root = await rootOfRealParts(progress)
  const folder = await mkdtemp(join(tmpdir(), 'ura-calls-'))
  // Asterisk runs the sounds' folder as root of its own, but nothing else of this machine's users may matter.
  await chmod(folder, 0o755)
  const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step()
  }
  try {
    const sounds = join(folder, 'sounds')
    progress('prompts')
    await writePrompts(sounds, voice)
    const services = await startServices(join(folder, 'data'), { agiCount, voice })
    undo.push(services.stop)
    progress('names')
    const spoken = join(folder, 'spoken')
    const longestNameMs = await writeSpoken(services, spoken)
    const phones = deskPhones()
    const promptsFolder = join(sounds, packFolder)
    const exchange = await startExchange({
      root,
      folder: join(folder, 'exchange'),
      phones,
      agiServers: services.agiServers,
      api: { url: services.apiUrl, session: services.session },
      promptsFolder,
      spokenFolder: spoken,
    })
    undo.push(exchange.stop)
    const beforeMs = durationMs(await readFile(join(promptsFolder, 'extension-name-before.wav')))
    const nameMs = Math.ceil(beforeMs + longestNameMs + confirmationHeardMs)
    let layout: CoreLayout = 'shared'
    const useCores: Stage['useCores'] = async (next) => {
      layout = next
      const pids = [services.gateway, services.api, ...services.agi].map((each) => each.run('pid'))
      for (const pid of await Promise.all(pids)) await moveProcess(pid, coresOf[layout].services)
      await moveProcess(exchange.pid, coresOf[layout].exchange)
    }
    const call: Stage['call'] = ({ way, callsPerS, calls, hangupPart = 0 }) =>
      makeCalls({
        root,
        folder,
        sipPort: exchange.sipPort,
        phones,
        behaviour: { way, nameMs, hangupPart },
        cores: coresOf[layout].exchange,
        callsPerS,
        calls,
      })
    return { services, exchange, call, useCores, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What can be heard in these calls, the ones that go wrong included. */
const promptsHeard: readonly PromptId[] = [
  'main-menu',
  'extension-name-before',
  'extension-name-after',
  'category-menu',
  'service-menu',
  'ticket-opened',
  'after-ticket',
  'ask-registration',
  'no-input',
  'invalid-option',
  'too-many-tries',
  'one-moment',
  'transferring',
  'system-unavailable',
  'goodbye',
  ...digitPrompts('0123456789'),
]

async function writePrompts(outFolder: string, voice: Voice): Promise<void> {
  if (voice === 'tone') {
    const folder = join(outFolder, packFolder)
    await mkdir(folder, { recursive: true })
    await writeNoisePrompts(folder, promptsHeard)
    return
  }
  const texts = Object.fromEntries(promptsHeard.map((id) => [id, promptTexts[id]]))
  const synthesizer = createEspeakSynthesizer({ sentenceTimeoutMs: patienceMs, waitMaxMs: patienceMs })
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        await buildPromptPack({ texts, outFolder, packFolder, synthesizer })
        return
      } catch (error) {
        // A busy machine; what was made stays, and the next try goes on behind it.
        if (tries === packTriesMax) throw error
      }
    }
  } finally {
    await synthesizer.close()
  }
}

async function rootOfRealParts(progress: (line: string) => void): Promise<string> {
  let root = ''
  for (const ensure of [ensureAsterisk, ensureSipp, ensureProcessAgiPhp]) {
    const part = await ensure(progress)
    if (!part.available) throw new Error(`Calls can't be made here: ${part.reason}`)
    root = part.root
  }
  return root
}

function deskPhones(): DeskPhone[] {
  return deskPeople.map(({ extension }) => ({ extension, secret: randomBytes(12).toString('hex') }))
}

/** Has every name spoken, and keeps the files of one call for the way that is nothing but dialplan. Gives the longest name. */
async function writeSpoken(services: Services, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true })
  const names = await Promise.all((await speakNames(services)).map(fetchBytes))
  // All menus, though callers hear two: a catalogue with a menu that isn't spoken is tried again with every call.
  const [categories = '', ...menus] = await untilSpoken(async () => {
    const { menu, categorias } = await askApi<Catalogue>(services, 'servicos')
    const chosen = categorias.filter(({ tecla }) => tecla === chosenCategory)
    const others = categorias.filter(({ tecla }) => tecla !== chosenCategory)
    return [menu, ...[...chosen, ...others].map((category) => category.menu)].map(({ url }) => url)
  })
  const ticket = { usuario: '1001', servico: 'computador-nao-liga', chamada: 'spoken', origem: 'telefone' }
  const [protocol = ''] = await untilSpoken(async () => [
    (await askApi<{ url: string | null }>(services, 'novo_chamado', ticket)).url,
  ])
  const files = {
    name: names[0] ?? Buffer.alloc(0),
    categories: await fetchBytes(categories),
    services: await fetchBytes(menus[0] ?? ''),
    protocol: await fetchBytes(protocol),
  }
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, `${name}.wav`), bytes)
  return Math.max(...names.map(durationMs))
}

interface Catalogue {
  menu: { url: string | null }
  categorias: { tecla: string; menu: { url: string | null } }[]
}

async function fetchBytes(url: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(url)).arrayBuffer())
}

function durationMs(wav: Buffer): number {
  const { samples, sampleRateHz } = decodeWav(wav)
  return (1_000 * samples.length) / sampleRateHz
}
