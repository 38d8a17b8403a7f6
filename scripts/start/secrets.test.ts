import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureSecrets, findSecret } from './secrets.ts'

describe('the secrets of a data folder', () => {
  let folder: string
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'ura-secrets-')), 'data')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('are made once, long, different, and readable by the owner alone', () => {
    const made = ensureSecrets(folder, {})
    expect(new Set(Object.values(made)).size).toBe(4)
    expect(Object.values(made).every((secret) => secret.length >= 40)).toBe(true)
    expect(ensureSecrets(folder, {})).toEqual(made)
    expect(findSecret('API_SECRET', folder, {})).toBe(made.API_SECRET)
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600)
  })

  it('give way to the environment, which is never written down', () => {
    const made = ensureSecrets(folder, {})
    const given = { HELPDESK_API_TOKEN: 'a-token-of-the-administrator' }
    expect(ensureSecrets(folder, given)).toEqual({ ...made, ...given })
    expect(ensureSecrets(folder, {})).toEqual(made)
  })

  it('are missed, not made, by who only looks for them', () => {
    expect(() => findSecret('API_SECRET', folder, {})).toThrow('neither in the environment nor in')
    expect(() => statSync(folder)).toThrow('ENOENT')
  })

  it('are not overwritten when the file is damaged', () => {
    ensureSecrets(folder, {})
    writeFileSync(join(folder, 'secrets.json'), '{')
    expect(() => ensureSecrets(folder, {})).toThrow('is damaged')
  })
})
