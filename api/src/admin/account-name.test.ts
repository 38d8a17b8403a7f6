import { userInfo } from 'node:os'
import { expect, it } from 'vitest'
import { accountName } from './account-name.ts'

it("is the account's own", () => {
  expect(accountName(() => ({ username: 'ana' }))).toBe('ana')
})

it('is its number when the system has no name for it', () => {
  const nameless = (): never => {
    throw new Error('uv_os_get_passwd returned ENOENT')
  }
  expect(accountName(nameless)).toBe(`uid-${userInfo().uid}`)
})
