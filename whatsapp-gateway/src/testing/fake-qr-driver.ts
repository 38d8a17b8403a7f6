import type { ConnectionStatus, QrLogin } from '../drivers/driver.ts'
import { FakeDriver } from './fake-driver.ts'
import { onePixel } from './fake-venom.ts'

/** A driver that logs in by QR and is in whatever state the test says. */
export class FakeQrDriver extends FakeDriver {
  status: ConnectionStatus = {
    state: 'qr',
    since: new Date('2026-03-10T17:30:00Z'),
    qrAttempt: 2,
    qrExpiresAt: new Date('2026-03-10T17:31:00Z'),
  }
  waiting = false
  readonly png = Buffer.from(onePixel.slice(onePixel.indexOf(',') + 1), 'base64')
  readonly asked: string[] = []
  readonly qrLogin: QrLogin = {
    qrImage: () => (this.status.state === 'qr' ? this.png : null),
    isWaiting: () => this.waiting,
    newQr: async () => void this.asked.push('new QR'),
    logOut: async () => void this.asked.push('log out'),
  }

  override state(): ConnectionStatus {
    return this.status
  }
}
