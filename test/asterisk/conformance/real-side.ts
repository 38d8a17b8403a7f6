import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { encodeWav } from '@ura/api/speech/wav'
import { noisePrompt } from '../../listening/noise-prompts.ts'
import type { AmiMessage } from '../ami.ts'
import type { Call } from '../call.ts'
import { startTelephony, type Telephony } from '../telephony.ts'
import type { Performer } from './script-server.ts'
import { extensions, language, type Script, soundFilesMs } from './script.ts'

/** A real Asterisk with a caller in front of it. */
export type RealSide = {
  dial: (script: Script) => Promise<Performer>
  stop: () => Promise<void>
}

/** Starts the exchanges; their calls go to the FastAGI server on `port`. */
export async function startRealSide(root: string, port: number): Promise<RealSide> {
  const soundsFolder = await mkdtemp(join(tmpdir(), 'ura-sounds-'))
  for (const [name, durationMs] of Object.entries(soundFilesMs)) {
    const path = join(soundsFolder, `${name}.wav`)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, encodeWav(noisePrompt(name, durationMs)))
  }
  const telephony = await startTelephony({
    root,
    agiServers: [`127.0.0.1:${port}`],
    soundsFolder,
    extraExtensions: dialplan(port),
  })
  const statuses = followStatuses(telephony)
  return {
    dial: async (script) => {
      const call = await telephony.dial({
        callerId: '2001',
        extension: extensions[script.entry ?? 'ordinary'],
      })
      if (script.entry === 'hungUp') await call.hangup()
      return performerOf(call, statuses)
    },
    stop: async () => {
      await telephony.stop()
      await rm(soundsFolder, { recursive: true, force: true })
    },
  }
}

function dialplan(port: number): string {
  const agi = `AGI(agi://127.0.0.1:${port}/conformance?x=1,first,second part)`
  const greeting = `Set(CHANNEL(language)=${language})`
  return `
exten => 7100,1,${greeting}
 same => n,${agi}
 same => n,Hangup()
exten => 7101,1,${greeting}
 same => n,Set(AGISIGHUP=no)
 same => n,${agi}
 same => n,Hangup()
exten => 7102,1,${greeting}
 same => n,Set(AGIEXITONHANGUP=yes)
 same => n,${agi}
 same => n,Hangup()
exten => 7103,1,Goto(conformance-hung-up,s,1)

[conformance-hung-up]
exten => s,1,${greeting}
 same => n,Answer()
 same => n,Wait(60)
exten => h,1,${agi}

[conformance-routine]
exten => s,1,Set(ROUTINE=\${ARG1})
 same => n,Return(done)
exten => lost,1,NoOp()
`
}

type Statuses = { of: (uniqueId: string) => Promise<string> }

/** Follows AGISTATUS of every call: it may be set after the caller has gone. */
function followStatuses(telephony: Telephony): Statuses {
  const statuses = new Map<string, PromiseWithResolvers<string>>()
  const entry = (uniqueId: string): PromiseWithResolvers<string> => {
    const known = statuses.get(uniqueId) ?? Promise.withResolvers<string>()
    statuses.set(uniqueId, known)
    return known
  }
  telephony.onUraEvent((event: AmiMessage) => {
    if (event['Event'] !== 'VarSet' || event['Variable'] !== 'AGISTATUS') return
    entry(event['Uniqueid'] ?? '').resolve(event['Value'] ?? '')
  })
  return { of: (uniqueId) => entry(uniqueId).promise }
}

function performerOf(call: Call, statuses: Statuses): Performer {
  return {
    agiStatus: () => statuses.of(call.uraUniqueId),
    during: async ({ line, during }) => {
      await call.waitForUraEvent(
        `beginning of ${line}`,
        (event) => event['Event'] === 'AGIExecStart' && event['Command'] === line,
      )
      if (during === undefined || 'nextLine' in during) return
      if ('press' in during) await call.press(during.press)
      else await call.hangup()
    },
  }
}
