import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Settings } from '@ura/core/configuration'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { services } from '../../scripts/start/services.ts'
import { runCommand } from '../installer/pbx.ts'
import { deployedServices, readUnitCommand } from './unit-command.ts'

const rootFolder = fileURLToPath(new URL('../../', import.meta.url))
const read = (name: string) => readFileSync(join(rootFolder, 'deploy', name), 'utf8')
const settingsOf: Readonly<Record<string, Settings>> = services

const variablesOf = (service: string) =>
  Object.values(settingsOf[service] ?? {}).map(({ variable }) => variable)

/** Variables that a service doesn't start without. */
const required = (service: string) =>
  Object.values(settingsOf[service] ?? {})
    .filter(({ defaultText }) => defaultText === undefined)
    .map(({ variable }) => variable)

const settingsIn = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, name]) => name ?? '')

describe.each(deployedServices)('what runs %s', (name) => {
  const unit = read(`systemd/ura-${name}.service`)

  it('is a unit whose program, user and variables exist', () => {
    const { script, nodeOptions } = readUnitCommand(name)
    expect(existsSync(join(rootFolder, script))).toBe(true)
    expect(nodeOptions.filter((option) => !/^--[a-z-]+=\d+$/.test(option))).toEqual([])
    expect(read('systemd/ura-chamados.sysusers')).toContain(`u ${/^User=(.*)$/m.exec(unit)?.[1]} `)
    expect(unit).toContain(`EnvironmentFile=/etc/ura-chamados/${name}.env`)
  })

  it("has a file of variables of its own, with the secrets that it needs and nobody else's", () => {
    const text = read(`env/${name}.env`)
    const all = settingsIn(text, /^#?([A-Z_]+)=/gm)
    expect(all.filter((variable) => !variablesOf(name).includes(variable))).toEqual([])
    const secrets = settingsIn(text, /^([A-Z_]+)=$/gm)
    expect(secrets).toEqual(expect.arrayContaining(required(name)))
  })

  it('is a container with the same command and known variables', () => {
    const compose = parse(read('compose.yaml'), { merge: true }) as {
      services: Record<string, { command: string[]; environment: object; env_file: string[] }>
    }
    const service = compose.services[name]
    const { nodeOptions, script } = readUnitCommand(name)
    expect(service).toMatchObject({
      command: ['node', ...nodeOptions, script],
      env_file: [`env/${name}.env`],
      read_only: true,
      cap_drop: ['ALL'],
    })
    const variables = Object.keys(service?.environment ?? {})
    expect(variables.filter((variable) => !variablesOf(name).includes(variable))).toEqual([])
  })
})

it("pins the version of Node in the image to the project's", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(rootFolder, 'package.json'), 'utf8')) as {
    devDependencies: { node: string }
  }
  const images = settingsIn(read('Dockerfile'), /^FROM node:(\S+?)-/gm)
  expect(new Set(images)).toEqual(new Set([devDependencies.node]))
})

const hasSystemd = existsSync('/usr/bin/systemd-analyze')

describe.runIf(hasSystemd)('the units, as systemd reads them', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ura-units-'))
    for (const name of readdirSync(join(rootFolder, 'deploy/systemd'))) {
      // Where the project lies here: systemd looks whether the program is there.
      const text = read(`systemd/${name}`).replaceAll('/opt/ura-chamados/', rootFolder)
      if (!name.endsWith('.sysusers')) await writeFile(join(folder, name), text)
    }
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('have no fault', async () => {
    const files = readdirSync(folder).map((name) => join(folder, name))
    expect(await runCommand(['systemd-analyze', 'verify', ...files])).toEqual({ code: 0, output: '' })
  })

  it.each(deployedServices)('leave ura-%s little to reach: exposure below 2 of 10', async (name) => {
    const unit = join(folder, `ura-${name}.service`)
    const { output } = await runCommand(['systemd-analyze', 'security', '--offline=true', '--no-pager', unit])
    expect(Number(/exposure level for \S+: ([\d.]+)/.exec(output)?.[1])).toBeLessThan(2)
  })
})
