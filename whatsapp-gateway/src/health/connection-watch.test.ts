import { createLogger } from '@ura/core/logger'
import { Counter, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import type { ConnectionState } from '../drivers/driver.ts'
import type { Channel } from '../outbox/channel.ts'
import type { Alert } from './alert-webhook.ts'
import { ConnectionWatch } from './connection-watch.ts'

const since = new Date('2026-03-10T17:30:00Z')

function watch(states: ConnectionState[], channel: Channel = 'whatsapp') {
  const alerts: Alert[] = []
  const lines: string[] = []
  const registry = new Registry()
  const watching = new ConnectionWatch({
    channel,
    driver: 'venom',
    log: createLogger({
      service: 'test',
      level: 'info',
      destination: { write: (line) => void lines.push(line) },
    }),
    logouts: new Counter({
      name: 'logouts',
      help: 'test',
      labelNames: ['channel', 'state'],
      registers: [registry],
    }),
    onAlert: (alert) => void alerts.push(alert),
  })
  states.forEach((state) => watching.observe({ state, since, qrAttempt: null, qrExpiresAt: null }))
  return { alerts, lines, registry, types: alerts.map(({ type }) => type) }
}

describe('the watch over the connection', () => {
  it('tells once of a logout, whatever follows, and once that it works again', async () => {
    const { alerts, lines, registry, types } = watch([
      'starting',
      'connected',
      'degraded',
      'logged_out',
      'starting',
      'qr',
      'qr',
      'logged_out',
      'starting',
      'connected',
    ])
    expect(types).toEqual(['whatsapp.logged_out', 'whatsapp.connected'])
    expect(alerts[0]).toMatchObject({
      at: since,
      data: { channel: 'whatsapp', driver: 'venom', state: 'logged_out' },
    })
    expect(alerts[0]?.text).toContain('/admin/qr')
    expect(lines.filter((line) => line.includes('WhatsApp needs a person'))).toHaveLength(1)
    expect(await registry.metrics()).toContain('logouts{channel="whatsapp",state="logged_out"} 1')
  })

  it('tells of a ban after a logout', () => {
    expect(watch(['qr', 'banned']).types).toEqual(['whatsapp.logged_out', 'whatsapp.banned'])
  })

  it('names the channel that needs somebody', () => {
    const { alerts, lines, types } = watch(['starting', 'logged_out', 'connected'], 'email')
    expect(types).toEqual(['email.logged_out', 'email.connected'])
    expect(alerts[0]?.text).toContain('e-mail')
    expect(alerts[0]?.data).toMatchObject({ channel: 'email' })
    expect(lines.some((line) => line.includes('e-mail needs a person'))).toBe(true)
  })

  it('has nothing to tell of a connection that only restarts', () => {
    expect(watch(['connected', 'starting', 'connected', 'degraded', 'connected']).types).toEqual([])
  })
})
