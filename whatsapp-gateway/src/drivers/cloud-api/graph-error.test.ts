import { describe, expect, it } from 'vitest'
import { classOfGraphError, settingAtFault, stateOfPause } from './graph-error.ts'

describe('an error of the Cloud API', () => {
  it.each([
    ['back_off', [1, 2, 4, 80_007, 130_429, 131_000, 131_016, 131_056, 133_004]],
    ['pause', [0, 10, 190, 200, 250, 299, 368, 131_031, 131_042, 131_048]],
    ['configuration', [100, 131_008, 131_009, 132_000, 132_001, 132_005, 132_007, 132_012, 132_015]],
    ['recipient', [131_026, 131_030, 131_062]],
    ['window', [131_047]],
    ['refused', [300, 131_051, 999_999]],
  ] as const)('means %s for %j', (errorClass, codes) => {
    expect(codes.map((code) => classOfGraphError(code, 400))).toEqual(codes.map(() => errorClass))
  })

  it('that is unknown is judged by the HTTP status', () => {
    expect([500, 503, 429].map((status) => classOfGraphError(999_999, status))).toEqual(
      Array(3).fill('back_off'),
    )
  })

  it('without a code did not come from the Cloud API', () => {
    expect([302, 403, 404].map((status) => classOfGraphError(null, status))).toEqual(
      Array(3).fill('configuration'),
    )
    expect(settingAtFault(null, 'access_code')).toBe('WHATSAPP_CLOUD_GRAPH_URL')
  })

  it('of a pause is a lost login or a blocked account', () => {
    expect([0, 10, 190, 200].map(stateOfPause)).toEqual(Array(4).fill('logged_out'))
    expect([368, 131_031, 131_042, 131_048].map(stateOfPause)).toEqual(Array(4).fill('banned'))
  })
})
