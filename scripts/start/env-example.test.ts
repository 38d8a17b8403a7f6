import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { services } from './services.ts'
import { envExample } from './env-example.ts'

it('.env.example names every variable of every service (npm run config:show -- --env-example writes it)', () => {
  const file = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
  expect(file).toBe(envExample(services))
})
