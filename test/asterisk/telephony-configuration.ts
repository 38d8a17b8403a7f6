import { insideFolder } from './asterisk-process.ts'

/** A codec of the trunk, by Asterisk's name: telephone band (G.711 A-law, as on Brazilian trunks) or 16,000 Hz. */
export type TrunkCodec = 'alaw' | 'g722' | 'slin16'

/** What the two exchanges must know of each other. */
export type Trunk = {
  user: string
  secret: string
  codec: TrunkCodec
  uraSipPort: number
  officeSipPort: number
  uraRtp: { start: number; end: number }
  officeRtp: { start: number; end: number }
}

/** The Stasis application of the office's callers and of its technician. */
export const phoneApplication = 'phone'

/** The SIP header that tells the two ends of a call that they belong together. */
export const callHeader = 'X-Test-Call'

/** A desk phone's endpoint in the exchange under test, and the address that its calls come from. */
const deskEndpoint = '2001'
const deskAddress = '127.0.0.2'

/** The technician's extension at the office. */
export const technicianExtension = '3001'

/**
 * The configuration of the exchange under test: our dialplan as it is, behind a trunk that asks for a password.
 * 7000 enters it by Goto, 7001 by Gosub, as a FreePBX Custom Destination with Return does; `extraExtensions` are
 * lines for other numbers of the same context.
 */
export function uraConfiguration(options: {
  trunk: Trunk
  dialplan: string
  globals: string
  mediaCache: string
  extraExtensions: string
  /** Further dialplan files by name, included behind ura-helpdesk.conf. */
  moreDialplan: Readonly<Record<string, string>>
}): Record<string, string> {
  const { trunk, moreDialplan } = options
  return {
    ...moreDialplan,
    'ura-helpdesk.conf': options.dialplan,
    'ura-globals.conf': options.globals,
    'res_http_media_cache.conf': options.mediaCache,
    'extensions.conf': `
[globals]
#include ura-globals.conf

[from-office]
exten => _X!,1,UserEvent(CallFromOffice,Call: \${PJSIP_HEADER(read,${callHeader})})
 same => n,Goto(office-destinations,\${EXTEN},1)

[office-destinations]
exten => 7000,1,Goto(ura-helpdesk,s,1)
exten => 7001,1,Gosub(ura-helpdesk,s,1)
 same => n,UserEvent(CameBack)
 same => n,Hangup()
${options.extraExtensions}

#include ura-helpdesk.conf
${Object.keys(moreDialplan)
  .map((name) => `#include ${name}\n`)
  .join('')}`,
    'queues.conf': `
[general]
persistentmembers=no
autofill=yes

[suporte-ti]
musicclass=default
strategy=ringall
timeout=15
retry=1
joinempty=yes
leavewhenempty=no
ringinuse=no
member => PJSIP/technician
`,
    'rtp.conf': rtp(trunk.uraRtp),
    'pjsip.conf': `
${transport(trunk.uraSipPort)}
${trunkEndpoint({ name: 'office', context: 'from-office', trunk, contact: `sip:127.0.0.1:${trunk.officeSipPort}` })}
[office]
type=identify
endpoint=office
match=127.0.0.1

${trunkEndpoint({ name: deskEndpoint, context: 'from-office', trunk, contact: `sip:${deskAddress}:${trunk.officeSipPort}` })}
[${deskEndpoint}]
type=identify
endpoint=${deskEndpoint}
match=${deskAddress}

${trunkEndpoint({
  name: 'technician',
  context: 'from-office',
  trunk,
  contact: `sip:${technicianExtension}@127.0.0.1:${trunk.officeSipPort}`,
})}`,
  }
}

/** The configuration of the office exchange: callers and technician are driven by ARI. */
export function officeConfiguration(options: {
  trunk: Trunk
  ariPort: number
  ariPassword: string
}): Record<string, string> {
  const { trunk } = options
  return {
    'extensions.conf': `
[from-ura]
exten => ${technicianExtension},1,Stasis(${phoneApplication},technician)
 same => n,Hangup()
`,
    'http.conf': `[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport=${options.ariPort}\n`,
    'ari.conf': `[general]\nenabled=yes\n[test]\ntype=user\nread_only=no\npassword=${options.ariPassword}\n`,
    'rtp.conf': rtp(trunk.officeRtp),
    'pjsip.conf': `
${transport(trunk.officeSipPort)}
${trunkEndpoint({ name: 'ura', context: 'from-ura', trunk, contact: `sip:127.0.0.1:${trunk.uraSipPort}` })}
[ura]
type=identify
endpoint=ura
match=127.0.0.1

[transport-desk]
type=transport
protocol=udp
bind=${deskAddress}:${trunk.officeSipPort}

${trunkEndpoint({
  name: 'ura-desk',
  context: 'from-ura',
  trunk,
  contact: `sip:127.0.0.1:${trunk.uraSipPort}`,
  transport: 'transport-desk',
})}
`,
  }
}

/** Where the harness puts sound files that the office plays: `sound:${officeSounds}/name`. */
export const officeSounds = `${insideFolder}/moh`

function rtp(range: { start: number; end: number }): string {
  return `[general]\nrtpstart=${range.start}\nrtpend=${range.end}\n`
}

function transport(port: number): string {
  return `[transport]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:${port}\n`
}

/** Both ends ask for the same user and password; digits as RFC 4733 events. */
function trunkEndpoint(options: {
  name: string
  context: string
  trunk: Trunk
  contact: string
  /** Default: any. */
  transport?: string
}): string {
  const { name, trunk, transport: through } = options
  return `
[${name}]
type=endpoint
context=${options.context}
${through === undefined ? '' : `transport=${through}`}
disallow=all
allow=${trunk.codec}
dtmf_mode=rfc4733
direct_media=no
media_address=127.0.0.1
; bound to it, Asterisk needn't look up the host's own name for each call: where no DNS answers that takes 5 s
bind_rtp_to_media_address=yes
auth=${name}-in
outbound_auth=${name}-out
aors=${name}

[${name}-in]
type=auth
auth_type=userpass
username=${trunk.user}
password=${trunk.secret}

[${name}-out]
type=auth
auth_type=userpass
username=${trunk.user}
password=${trunk.secret}

[${name}]
type=aor
contact=${options.contact}
`
}
