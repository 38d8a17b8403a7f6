import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLogger } from './logger.ts'

describe('logger', () => {
  it('writes one JSON object a line and masks secrets wherever they are put', () => {
    const lines: string[] = []
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString())
        done()
      },
    })
    const log = createLogger({ service: 'test', level: 'info', destination })
    const err = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' })
    log.info(
      { err, token: 's3cret', body: { codigo: '1234', phone: '+5545999990001' }, callId: '1.2' },
      'static',
    )
    log.debug('not at this level')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      service: 'test',
      callId: '1.2',
      msg: 'static',
    })
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      err: { message: 'connect refused', code: 'ECONNREFUSED' },
    })
    expect(lines[0]).not.toMatch(/s3cret|"1234"|99999/)
  })
})
