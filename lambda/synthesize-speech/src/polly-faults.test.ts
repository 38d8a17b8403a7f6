import { describe, expect, it } from 'vitest'
import { isEngineMissing } from './polly-faults.ts'

function fault(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}

describe('isEngineMissing', () => {
  it.each([
    ['ValidationException', 'This voice does not support the selected engine: neural'],
    ['ValidationException', 'The selected engine is not supported in this region'],
    ['EngineNotSupportedException', 'This engine is not compatible with the voice that you have designated.'],
  ])('is true for %s: %s', (name, message) => {
    expect(isEngineMissing(fault(name, message))).toBe(true)
  })

  it.each([
    ['ValidationException', 'Invalid sample rate'],
    ['ServiceFailureException', 'The selected engine is not supported in this region'],
  ])('is false for %s: %s', (name, message) => {
    expect(isEngineMissing(fault(name, message))).toBe(false)
  })

  it('is false for what is no error', () => {
    expect(isEngineMissing('ValidationException')).toBe(false)
  })
})
