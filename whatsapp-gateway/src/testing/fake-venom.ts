import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished } from 'vitest'
import type { ChildEvent, GatewayCommand } from '../drivers/venom/child-messages.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A PNG of one pixel, as venom gives a QR. */
export const onePixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** As `eventually`, with patience for processes that start on a busy machine. */
export function soon<T>(read: () => T) {
  return expect.poll(read, { interval: 10, timeout: 15_000 })
}

/** One child process of the driver, with the test in the part of venom. */
export interface FakeChild {
  readonly pid: number
  /** What the driver asked, oldest first. */
  readonly commands: GatewayCommand[]
  tell(event: ChildEvent): void
  /** Anything at all, line feed included. */
  write(text: string): void
  exit(): void
  /** Stops for good without ending. */
  hang(): void
}

type Reply = (command: Extract<GatewayCommand, { request: number }>) => ChildEvent | null

/** Where the children of the driver under test report to. */
export class FakeVenom {
  readonly children: FakeChild[] = []
  readonly socketPath: string
  /** null = no answer. */
  reply: Reply = (command) => this.friendly(command)

  private constructor(socketPath: string) {
    this.socketPath = socketPath
  }

  static async start(): Promise<FakeVenom> {
    const server = createServer()
    const fake = new FakeVenom(join(temporaryFolder(), 'venom.sock'))
    server.on('connection', (socket) => fake.#joined(socket))
    server.listen(fake.socketPath)
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    return fake
  }

  /** What the driver is to run in place of the real child. */
  get child(): { entry: string; arguments: string[] } {
    return {
      entry: new URL('./fake-venom-child.ts', import.meta.url).pathname,
      arguments: [this.socketPath],
    }
  }

  /** Waits for the child of that number, from 1, and for its order to connect. */
  async launched(number: number): Promise<FakeChild> {
    await soon(() => this.children[number - 1]?.commands[0]?.type).toBe('connect')
    const child = this.children[number - 1]
    if (child === undefined) {
      throw new Error('unreachable')
    }
    return child
  }

  /** Finds every number, sends every text, is connected. */
  friendly(command: Extract<GatewayCommand, { request: number }>): ChildEvent {
    const { request } = command
    const values = {
      resolve: () => (command.type === 'resolve' ? command.chatId : null),
      send: () => (command.type === 'send' ? `true_${command.chatId}_${request}` : null),
      probe: () => 'CONNECTED',
      log_out: () => null,
      close: () => null,
    }
    return { type: 'answer', request, value: values[command.type]() }
  }

  #joined(socket: Socket): void {
    const commands: GatewayCommand[] = []
    let pid = 0
    socket.on('error', () => {})
    const write = (text: string): void => void socket.write(text)
    const child: FakeChild = {
      get pid() {
        return pid
      },
      commands,
      write,
      tell: (event) => write(`${JSON.stringify(event)}\n`),
      exit: () => write('!exit\n'),
      hang: () => write('!hang\n'),
    }
    this.children.push(child)
    const lines = createInterface({ input: socket })
    // It passes the socket's errors on: a killed child is no error here.
    lines.on('error', () => {})
    lines.on('line', (line) => {
      if (pid === 0) {
        pid = Number(line)
        return
      }
      const command = JSON.parse(line) as GatewayCommand
      commands.push(command)
      if (!('request' in command)) {
        return
      }
      // Also by a test that answers nothing, or its driver would wait for that.
      const answer = command.type === 'close' ? this.friendly(command) : this.reply(command)
      if (answer !== null) {
        child.tell(answer)
      }
    })
  }
}

/** A folder in which venom-bot and a browser seem to be installed. */
export function seemingInstallation(): { modulesFolder: string; browserPath: string } {
  const modulesFolder = temporaryFolder()
  const folder = join(modulesFolder, 'node_modules', 'venom-bot')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{}')
  const browserPath = join(modulesFolder, 'chromium')
  writeFileSync(browserPath, '')
  chmodSync(browserPath, 0o755)
  return { modulesFolder, browserPath }
}
