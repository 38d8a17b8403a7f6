import type { CallWay } from './exchange-configuration.ts'
import { numbers } from './exchange-configuration.ts'

/** How a caller who knows the menus behaves. */
export interface CallerBehaviour {
  way: CallWay
  /** From the beginning of the confirmation of the name to its key: the name is heard to its end. */
  nameMs: number
  /** The part of callers, 0 to 1, that hang up at each of five moments instead of going on. */
  hangupPart: number
}

/** How long a menu is listened to before its key. */
const menuMs = 1_500
/** How long the protocol is listened to before hanging up. */
const protocolMs = 4_000

/** Keys of a whole call that opens a ticket, each with how long the caller listens before. */
function turns({ nameMs }: CallerBehaviour): { listenMs: number; key: string }[] {
  return [
    // Answer() waits half a second for sound of the caller, who sends none (main/channel.c, 22).
    { listenMs: menuMs + 500, key: '1' },
    { listenMs: nameMs, key: '1' },
    { listenMs: menuMs, key: '2' },
    { listenMs: menuMs, key: '2' },
  ]
}

/** How long such a call lasts that is never kept waiting. */
export function callMs(behaviour: CallerBehaviour): number {
  return turns(behaviour).reduce((sum, { listenMs }) => sum + listenMs, protocolMs)
}

/** The keys of a whole call. */
export const keysPerCall = 4

/** The digits' payload type in SIPp's play_dtmf (3.8): any other isn't heard. */
const digitsPayload = 96

/**
 * The SIPp scenario (sipp.readthedocs.io, "Create your own XML scenarios"): a desk phone that registers its password with
 * each call, keys over the prompts, hears the protocol and hangs up. Its callers come from a file: extension;credentials.
 *
 * @param run Something no other run has: SIPp makes branches of its process's number, which is the same each time in a
 *   namespace of its own, and Asterisk takes a message with the branch of half a minute ago for one sent again.
 */
export function callerScenario(behaviour: CallerBehaviour, run: string): string {
  const number = numbers[behaviour.way]
  const maybeHangUp = behaviour.hangupPart > 0 ? `<nop next="hangup" chance="${behaviour.hangupPart}"/>` : ''
  const steps = turns(behaviour).map(
    ({ listenMs, key }) => `
  <pause milliseconds="${listenMs}"/>
  ${maybeHangUp}
  <nop><action><exec play_dtmf="${key}"/></action></nop>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="open a ticket">
${invite({ number, sequence: 1, credentials: '', run })}
  <recv response="100" optional="true"/>
  <recv response="401" auth="true" rtd="false"/>
${acknowledge({ number, sequence: 1, run })}
${invite({ number, sequence: 2, credentials: '[field1]', run })}
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rrs="true"/>
${acknowledge({ number, sequence: 2, run })}
${steps.join('')}
  <pause milliseconds="${protocolMs}"/>
  <label id="hangup"/>
  <send retrans="500"><![CDATA[
BYE sip:${number}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]-${run}
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:${number}@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 3 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>
</scenario>
`
}

interface Message {
  number: string
  /** Of the command, as in CSeq. */
  sequence: number
  run: string
}

function invite({ number, sequence, credentials, run }: Message & { credentials: string }): string {
  const authorization = credentials === '' ? '' : `${credentials}\n`
  return `  <send retrans="500"><![CDATA[
INVITE sip:${number}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]-${run}
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:${number}@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: ${sequence} INVITE
Contact: <sip:[field0]@[local_ip]:[local_port]>
${authorization}Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=phone 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 8 ${digitsPayload}
a=rtpmap:8 PCMA/8000
a=rtpmap:${digitsPayload} telephone-event/8000
a=fmtp:${digitsPayload} 0-15

]]></send>`
}

function acknowledge({ number, sequence, run }: Message): string {
  return `  <send><![CDATA[
ACK sip:${number}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]-${run}
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:${number}@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: ${sequence} ACK
Max-Forwards: 70
Content-Length: 0

]]></send>`
}
