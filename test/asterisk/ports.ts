import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** UDP ports of 127.0.0.1 that are free now, all different. */
export async function freeUdpPorts(count: number): Promise<number[]> {
  const sockets = Array.from({ length: count }, () => createSocket('udp4'))
  const ports: number[] = []
  for (const socket of sockets) {
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    ports.push(socket.address().port)
  }
  for (const socket of sockets) socket.close()
  return ports
}

/**
 * Two ranges of 200 RTP ports that don't overlap, below the ports that the system gives out by itself. Asterisk
 * passes over a port that is taken (res_rtp_asterisk.c), so they need not be tried here.
 */
export function twoRtpRanges(): [{ start: number; end: number }, { start: number; end: number }] {
  const start = 10_000 + 2 * Math.floor(Math.random() * 10_000)
  return [
    { start, end: start + 199 },
    { start: start + 200, end: start + 399 },
  ]
}
