/** A desk phone's endpoint and password. */
export interface DeskPhone {
  extension: string
  secret: string
}

/**
 * The numbers that callers dial: the same call done by our services, by process AGI with PHP as a PBX has it, by process AGI
 * with PHP that loads nothing, by the dialplan alone.
 */
export const numbers = {
  services: '7000',
  processAgi: '7100',
  bareProcessAgi: '7110',
  dialplan: '7200',
} as const

/** Who does the call. */
export type CallWay = keyof typeof numbers

/** Where the exchange sees the process-AGI script and the prompts that the API made. */
export const processAgiFolder = '/srv/process-agi'
export const spokenFolder = 'ura-spoken'

/** Enough for a thousand calls, two ports each. */
const rtpPorts = { start: 12_000, end: 14_999 }

/** What the exchange of the load is made of, beside what every Asterisk of the tests has. */
export interface ExchangeOptions {
  phones: readonly DeskPhone[]
  sipPort: number
  amiPort: number
  amiSecret: string
  dialplan: string
  globals: string
  mediaCache: string
  /** For the process-AGI script: the API's address and a session at it. */
  api: { url: string; session: string }
}

/**
 * The configuration of an exchange whose callers are desk phones, each with a password: our dialplan as it ships behind
 * 7000, process AGI behind 7100 and 7110, nothing but dialplan behind 7200, and a queue where nobody is free.
 */
export function exchangeConfiguration(options: ExchangeOptions): Record<string, string> {
  return {
    'ura-helpdesk.conf': options.dialplan,
    'ura-globals.conf': options.globals,
    'res_http_media_cache.conf': options.mediaCache,
    'extensions.conf': extensions(options.api),
    'pjsip.conf': pjsip(options),
    'rtp.conf': `[general]\nrtpstart=${rtpPorts.start}\nrtpend=${rtpPorts.end}\n`,
    // Nothing but what the measurements read: an exchange in service has no listener for each step of the dialplan.
    'manager.conf': manager(options),
    'logger.conf': '[general]\ndateformat=%F %T.%3q\n[logfiles]\nmessages => warning,error\n',
    'queues.conf':
      '[general]\n[suporte-ti]\nmusicclass=default\nstrategy=ringall\njoinempty=yes\nleavewhenempty=no\n',
  }
}

function extensions(api: ExchangeOptions['api']): string {
  return `
[globals]
#include ura-globals.conf

[from-desk]
exten => ${numbers.services},1,Goto(ura-helpdesk,s,1)

${processAgi(numbers.processAgi, 'open-ticket.php', api)}
${processAgi(numbers.bareProcessAgi, 'open-ticket-bare.php', api)}

; As an administrator would write it: a key leads on, no key leads to the goodbye.
exten => ${numbers.dialplan},1,Answer()
 same => n,Set(CHANNEL(language)=pt_BR)
 same => n,Read(KEY,ura/main-menu,1,,1,7)
 same => n,GotoIf($["\${KEY}" != "1"]?goodbye)
 same => n,Read(KEY,ura/extension-name-before&${spokenFolder}/name&ura/extension-name-after,1,,1,7)
 same => n,GotoIf($["\${KEY}" != "1"]?goodbye)
 same => n,Read(KEY,${spokenFolder}/categories,1,,1,7)
 same => n,GotoIf($["\${KEY}" != "2"]?goodbye)
 same => n,Read(KEY,${spokenFolder}/services,1,,1,7)
 same => n,GotoIf($["\${KEY}" != "2"]?goodbye)
 same => n,Read(KEY,ura/ticket-opened&${spokenFolder}/protocol&${spokenFolder}/protocol&ura/after-ticket,1,,1,7)
 same => n(goodbye),Playback(ura/goodbye)
 same => n,Hangup()

#include ura-helpdesk.conf
`
}

function processAgi(number: string, script: string, { url, session }: ExchangeOptions['api']): string {
  return `exten => ${number},1,Answer()
 same => n,Set(CHANNEL(language)=pt_BR)
 same => n,AGI(${processAgiFolder}/${script},${url},${session})
 same => n,Hangup()
`
}

/**
 * The events that calls are watched by, and no others: whatever watches takes time of the same machine. Filters by name and
 * by the beginning of a header are far cheaper than an expression over the whole text of every event (Asterisk 22,
 * configs/samples/manager.conf.sample, "advanced event filters").
 */
const watchedEvents = [
  'eventfilter(name(FullyBooted))=',
  'eventfilter(name(Hangup))=',
  'eventfilter(name(MusicOnHoldStart))=',
  'eventfilter(name(DTMFEnd),header(Direction),method(exact))=Received',
  ...['STREAM FILE', 'GET OPTION', 'GET DATA'].map(
    (command) => `eventfilter(name(AGIExecStart),header(Command),method(starts_with))=${command}`,
  ),
  // What the dialplan does right after its answer.
  'eventfilter(name(Newexten),header(AppData),method(starts_with))=CHANNEL(language)',
  ...['AGI', 'BackGround', 'Playback', 'Queue', 'Read', 'Hangup'].map(
    (application) => `eventfilter(name(Newexten),header(Application),method(exact))=${application}`,
  ),
]

function manager({ amiPort, amiSecret }: ExchangeOptions): string {
  return [
    '[general]',
    'enabled=yes',
    'bindaddr=127.0.0.1',
    `port=${amiPort}`,
    'timestampevents=yes',
    '[test]',
    `secret=${amiSecret}`,
    'read=agi,call,dtmf,dialplan,system',
    'write=command',
    ...watchedEvents,
    '',
  ].join('\n')
}

function pjsip({ phones, sipPort }: ExchangeOptions): string {
  const head = `
[transport]
type=transport
protocol=udp
bind=127.0.0.1:${sipPort}

[desk](!)
type=endpoint
context=from-desk
disallow=all
allow=alaw
dtmf_mode=rfc4733
direct_media=no
`
  const each = phones.map(
    ({ extension, secret }) => `
[${extension}](desk)
auth=auth-${extension}

[auth-${extension}]
type=auth
auth_type=userpass
username=${extension}
password=${secret}
`,
  )
  return `${head}${each.join('')}`
}
