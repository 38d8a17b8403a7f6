import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeWav } from '@ura/api/speech/wav'
import { freeTcpPorts } from '../../scripts/real-parts/free-port.ts'
import type { AmiMessage } from '../../test/asterisk/ami.ts'
import { startAsterisk } from '../../test/asterisk/asterisk-process.ts'
import { freeUdpPorts } from '../../test/asterisk/ports.ts'
import {
  type DeskPhone,
  exchangeConfiguration,
  type ExchangeOptions,
  processAgiFolder,
  spokenFolder,
} from './exchange-configuration.ts'
import { noisePrompt } from '../../test/listening/noise-prompts.ts'
import { descendantNamed } from './process-facts.ts'

/** A real Asterisk that desk phones call. */
export interface Exchange {
  sipPort: number
  /** Of Asterisk itself. */
  pid: number
  /** Every AMI event that the measurements are made of, from now on; gives the function that ends it. */
  onEvent: (listener: (event: AmiMessage) => void) => () => void
  /** Channels open now, of whatever kind. */
  countChannels: () => Promise<number>
  stop: () => Promise<void>
}

/** What an exchange is started with. */
export interface ExchangeStart {
  root: string
  /** A folder of its own. */
  folder: string
  phones: readonly DeskPhone[]
  /** FastAGI servers, `host:port`; one or two. */
  agiServers: readonly string[]
  api: ExchangeOptions['api']
  /** `<prompt>.wav` files, as sounds/pt_BR/ura. */
  promptsFolder: string
  /** Files that the API made, for the call that is nothing but dialplan. */
  spokenFolder: string
}

const dialplanFolder = new URL('../../freepbx-dialplan/', import.meta.url)
const soundsPath = '/usr/share/asterisk/sounds/pt_BR'

/** Starts the exchange on free ports of 127.0.0.1. @throws Error with what Asterisk said when it doesn't come up. */
export async function startExchange(options: ExchangeStart): Promise<Exchange> {
  const { root, folder } = options
  const [amiPort = 0] = await freeTcpPorts(1)
  const [sipPort = 0] = await freeUdpPorts(1)
  const amiSecret = randomBytes(18).toString('base64url')
  const musicFolder = join(folder, 'moh')
  await mkdir(musicFolder, { recursive: true })
  await writeFile(join(musicFolder, 'music.wav'), encodeWav(noisePrompt('music-on-hold', 5_000)))
  const asterisk = await startAsterisk({
    root,
    folder,
    configuration: exchangeConfiguration({
      phones: options.phones,
      api: options.api,
      sipPort,
      amiPort,
      amiSecret,
      dialplan: await shipped('ura-helpdesk.conf'),
      globals: withServers(await shipped('ura-globals.conf'), options.agiServers),
      mediaCache: await shipped('res_http_media_cache.conf'),
    }),
    amiPort,
    amiSecret,
    hasOwnSession: true,
    binds: [
      { hostFolder: options.promptsFolder, insidePath: join(soundsPath, 'ura') },
      { hostFolder: options.spokenFolder, insidePath: join(soundsPath, spokenFolder) },
      { hostFolder: new URL('process-agi', import.meta.url).pathname, insidePath: processAgiFolder },
    ],
  })
  return {
    sipPort,
    pid: await descendantNamed(asterisk.pid, 'asterisk'),
    onEvent: asterisk.ami.onEvent,
    countChannels: async () => {
      const answer = await asterisk.ami.command('core show channels count')
      return Number(/^(\d+) active channels?/m.exec(answer)?.[1])
    },
    stop: asterisk.stop,
  }
}

function shipped(name: string): Promise<string> {
  return readFile(new URL(name, dialplanFolder), 'utf8')
}

/** The globals as they ship, but for the servers, and with office hours all day: the apology leads to the queue. */
function withServers(globals: string, [first = '', second = '']: readonly string[]): string {
  return globals
    .replace(/^URA_SERVER1=.*$/m, `URA_SERVER1=${first}`)
    .replace(/^URA_SERVER2=.*$/m, `URA_SERVER2=${second}`)
    .replace(/^URA_HOURS=.*$/m, 'URA_HOURS=*,*,*,*')
}
