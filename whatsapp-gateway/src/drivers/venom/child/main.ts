/**
 * The child process of the driver `venom`: the only process that loads venom-bot. It takes commands from the gateway
 * and tells events, in lines of JSON over file descriptor 3, and ends itself with its browser when the gateway is gone.
 */
import { Socket } from 'node:net'
import { lineBytesMax, parseCommand, toLine } from '../child-messages.ts'
import { createLineReader } from '../line-reader.ts'
import { VenomSession } from './venom-session.ts'

process.umask(0o077)

const pipe = new Socket({ fd: 3, readable: true, writable: true })
const session = new VenomSession((event) => void pipe.write(toLine(event)))

// The driver makes this process the leader of its group.
const end = (): boolean => process.kill(-process.pid, 'SIGKILL')

pipe.on('error', end)
pipe.on('close', end)
pipe.on(
  'data',
  createLineReader({
    lineBytesMax,
    onOversize: end,
    onLine: (line) => {
      const command = parseCommand(line)
      if (command === null) {
        end()
      } else if (command.type === 'connect') {
        void session.connect(command)
      } else {
        void session.answer(command)
      }
    },
  }),
)
