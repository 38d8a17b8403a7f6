import type { ChannelFacts } from './fake-variables.ts'

/** What the environment of a fake call is made of. */
export interface EnvironmentFacts extends ChannelFacts {
  host: string
  port: number
  script: string
  arguments: readonly string[]
  version: string
  /** `agi_…` lines that replace those of the same name, or come after all others. */
  overrides: Readonly<Record<string, string>>
}

/** The lines Asterisk 22.10.1 sends first, in its order (res/res_agi.c, launch_netscript and setup_env). */
export function environmentText(facts: EnvironmentFacts): string {
  const lines = new Map<string, string>([['agi_network', 'yes']])
  if (facts.script !== '') lines.set('agi_network_script', facts.script)
  const rest: Record<string, string> = {
    agi_request: `agi://${facts.host}:${facts.port}/${facts.script}`,
    agi_channel: facts.channel,
    agi_language: facts.language,
    agi_type: facts.channel.split('/')[0] ?? 'PJSIP',
    agi_uniqueid: facts.uniqueId,
    agi_version: facts.version,
    agi_callerid: facts.callerId,
    agi_calleridname: facts.callerIdName,
    agi_callingpres: '0',
    agi_callingani2: '0',
    agi_callington: '0',
    agi_callingtns: '0',
    agi_dnid: facts.extension,
    agi_rdnis: 'unknown',
    agi_context: facts.context,
    agi_extension: facts.extension,
    agi_priority: String(facts.priority),
    agi_enhanced: '0.0',
    agi_accountcode: '',
    agi_threadid: '140234866476736',
  }
  for (const [name, text] of Object.entries(rest)) lines.set(name, text)
  for (const [index, text] of facts.arguments.entries()) lines.set(`agi_arg_${index + 1}`, text)
  for (const [name, text] of Object.entries(facts.overrides)) lines.set(name, text)
  return `${[...lines].map(([name, text]) => `${name}: ${text}\n`).join('')}\n`
}
