/**
 * What an error of the Cloud API means for the queue:
 * `back_off` this message may go later; `pause` nothing goes for now; `configuration` a setting is wrong;
 * `recipient` this person can't be reached; `window` free text needs a message of theirs within 24 h;
 * `refused` anything else that Meta says no to.
 */
export type GraphErrorClass = 'back_off' | 'pause' | 'configuration' | 'recipient' | 'window' | 'refused'

/** Error codes by class (Meta, "Cloud API error codes"). */
const classes: ReadonlyMap<number, GraphErrorClass> = new Map(
  Object.entries({
    back_off: [1, 2, 4, 80_007, 130_429, 131_000, 131_016, 131_056, 133_004],
    pause: [0, 10, 190, 368, 131_031, 131_042, 131_048],
    configuration: [100, 131_008, 131_009, 132_000, 132_001, 132_005, 132_007, 132_012, 132_015],
    recipient: [131_026, 131_030, 131_062],
    window: [131_047],
  }).flatMap(([name, codes]) => codes.map((code) => [code, name as GraphErrorClass] as const)),
)

/** Words for a message's history, by class; `GET /api/messages/:id` and its clients know them. */
export const failureReasons: Readonly<Record<GraphErrorClass, string>> = {
  back_off: 'rate_limited',
  pause: 'channel_paused',
  configuration: 'configuration',
  recipient: 'recipient_unreachable',
  window: 'window_closed',
  refused: 'refused',
}

/**
 * The class of an error code; one that isn't known is judged by the answer's HTTP status. A refusal without any code
 * (null) did not come from the Cloud API: the address is wrong, or a proxy is in the way.
 */
export function classOfGraphError(code: number | null, statusCode: number | null): GraphErrorClass {
  const known = code === null ? undefined : classes.get(code)
  if (known !== undefined) {
    return known
  }
  if (code !== null && code >= 200 && code <= 299) {
    return 'pause'
  }
  if (statusCode !== null && (statusCode >= 500 || statusCode === 429)) {
    return 'back_off'
  }
  return code === null && statusCode !== null ? 'configuration' : 'refused'
}

/** Limits of the number, the account or the pair: they pass by themselves, whatever the message says. */
const limits: ReadonlySet<number | null> = new Set([4, 80_007, 130_429, 131_016, 131_056, 133_004])

/** Whether the code is a limit that passes by itself, so that the message may be tried until its deadline. */
export function isLimit(code: number | null): boolean {
  return limits.has(code)
}

/** What to look at for a configuration fault: the setting's name, which the log tells. */
export function settingAtFault(code: number | null, template: 'access_code' | 'notice' | null): string {
  if (code === null) {
    return 'WHATSAPP_CLOUD_GRAPH_URL'
  }
  if (code === 100 || template === null) {
    return 'WHATSAPP_CLOUD_PHONE_NUMBER_ID'
  }
  return template === 'access_code' ? 'WHATSAPP_CLOUD_CODE_TEMPLATE' : 'WHATSAPP_CLOUD_NOTICE_TEMPLATE'
}

/**
 * What a pause means to people and to the queue: a token or permission that doesn't hold is a lost login; an account
 * that is locked, unpaid or restricted for its quality is blocked.
 */
export function stateOfPause(code: number): 'logged_out' | 'banned' {
  return code === 0 || code === 10 || code === 190 || (code >= 200 && code <= 299) ? 'logged_out' : 'banned'
}
