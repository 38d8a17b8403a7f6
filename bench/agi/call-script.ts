/** The call that every server under test makes with its peer: the same commands and the same replies. */

/** One command of the script. */
export interface ScriptStep {
  /** The line as asterisk-agi writes it; the bare socket writes the same bytes. */
  line: string
  /** What Asterisk 22 replies when all goes well, line feed included. */
  reply: string
}

/** Steps that a call goes through again and again: a prompt, a variable, keyed digits. */
export const SCRIPT = [
  { line: 'STREAM FILE "helpdesk/welcome" "#"\n', reply: '200 result=0 endpos=23760\n' },
  { line: 'SET VARIABLE "HELPDESK_STEP" "menu"\n', reply: '200 result=1\n' },
  { line: 'GET DATA "helpdesk/registration" 5000 4\n', reply: '200 result=1001\n' },
] as const satisfies readonly ScriptStep[]

/** Times a call goes through {@link SCRIPT} where calls end by themselves. */
export const ROUNDS_PER_CALL = 10

/** Commands of such a call. */
export const COMMANDS_PER_CALL = ROUNDS_PER_CALL * SCRIPT.length

/** The environment that a SIP call gave on a real Asterisk 22.10.1, in its order. */
export const ENVIRONMENT = [
  'agi_network: yes',
  'agi_network_script: helpdesk?entry=1',
  'agi_request: agi://127.0.0.1:4573/helpdesk?entry=1',
  'agi_channel: PJSIP/office-00000000',
  'agi_language: pt_BR',
  'agi_type: PJSIP',
  'agi_uniqueid: 1795360430.0',
  'agi_version: 22.10.1',
  'agi_callerid: 2001',
  'agi_calleridname: Maria',
  'agi_callingpres: 0',
  'agi_callingani2: 0',
  'agi_callington: 0',
  'agi_callingtns: 0',
  'agi_dnid: 7000',
  'agi_rdnis: unknown',
  'agi_context: from-internal',
  'agi_extension: 7000',
  'agi_priority: 1',
  'agi_enhanced: 0.0',
  'agi_accountcode: ',
  'agi_threadid: 140234866476736',
  '',
  '',
].join('\n')
