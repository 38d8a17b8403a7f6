/**
 * Stands in for the child of the driver `venom`: it passes lines between the driver's pipe (descriptor 3) and the test,
 * which listens at the socket named by its argument and plays venom. A line `!exit` or `!hang` of the test is for itself.
 */
import { spawn } from 'node:child_process'
import { connect, Socket } from 'node:net'
import { createInterface } from 'node:readline'

const gateway = new Socket({ fd: 3, readable: true, writable: true })
const test = connect(process.argv[2] ?? '')
// What the browser is to the real one: a process of the group that ends by itself only much later.
spawn('sleep', ['600'], { stdio: 'ignore' })

test.write(`${process.pid}\n`)
gateway.pipe(test)
gateway.on('close', () => process.kill(-process.pid, 'SIGKILL'))
test.on('error', () => process.exit(1))
createInterface({ input: test }).on('line', (line) => {
  if (line === '!exit') {
    process.exit(1)
  }
  if (line === '!hang') {
    process.on('SIGTERM', () => {})
    for (;;) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    }
  }
  gateway.write(`${line}\n`)
})
