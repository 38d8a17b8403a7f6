import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createModuleWorld, type ModuleWorld } from './module-world.ts'
import { findPhpRoot } from './real-php.ts'
import { readWrittenGlobals, saveSettings, validSettings, writtenFiles } from './settings.ts'

const root = await findPhpRoot()

describe.runIf(root !== '')("the FreePBX module's settings under PHP 8.2", () => {
  let world: ModuleWorld

  beforeEach(async () => {
    world = await createModuleWorld({ root })
  })

  afterEach(() => world.remove())

  it('become the globals that the dialplan reads, after Apply Config', async () => {
    const [page, reloads] = await world.run(saveSettings, { do: 'reloads-needed' }, { do: 'apply-config' })
    expect(page).toContain('Salvo.')
    expect(reloads).toBe(1)
    expect(await readWrittenGlobals(world)).toEqual({
      URA_SERVER1: '10.0.0.5:4573',
      URA_SERVER2: 'ura2.prefeitura.example:4573',
      URA_QUEUE: '600',
      URA_QUEUE_SECONDS: '90',
      URA_TIME_CONDITION: '1',
      URA_RECORDING: 'yes',
      URA_LANGUAGE: 'pt_BR',
    })
  })

  it.each([
    ['server1', ''],
    ['server1', '10.0.0.5'],
    ['server1', '10.0.0.5:0'],
    ['server1', '10.0.0.5:65536'],
    ['server1', '-x:4573'],
    ['server1', '[::1]:4573'],
    ['server1', '10.0.0.5:4573/helpdesk'],
    ['server2', 'a:4573,System(id)'],
    ['server2', '${SHELL(id)}:4573'],
    ['server2', 'a"b:4573'],
    ['server2', 'a:4573;'],
    ['server2', 'a:4573\nURA_SERVER1=evil:1'],
    ['server2', 'a:4573\n'.padEnd(400, 'x')],
    ['queue', ''],
    ['queue', '601'],
    ['queue', '600,1)\nsame => n,System(id'],
    ['queue', '600&700'],
    ['queue_seconds', '4'],
    ['queue_seconds', '3601'],
    ['queue_seconds', '60.5'],
    ['time_condition', '2'],
    ['time_condition', '1 '.repeat(40)],
    ['recording', 'maybe'],
    ['language', 'pt_BR/../..'],
    ['language', '$[1+1]'],
  ])('are refused when %s is %j, and nothing is lost or written', async (name, value) => {
    const fields = { action: 'save-settings', ...validSettings, [name]: value }
    const [page, reloads] = await world.run(
      { do: 'post', fields },
      { do: 'reloads-needed' },
      { do: 'apply-config' },
    )
    expect(page).toContain('Nada foi salvo')
    const others = Object.entries(validSettings).filter(([other]) => other !== name)
    for (const [, typed] of others) {
      expect(page).toContain(`value="${typed}"`)
    }
    expect(reloads).toBe(0)
    expect(await writtenFiles(world)).toEqual([])
  })

  it('are refused whole when a field is no text', async () => {
    const fields = { action: 'save-settings', ...validSettings, queue: ['600'] }
    const [page] = await world.run({ do: 'post', fields })
    expect(page).toContain('Escolha uma fila.')
  })

  it('change only by a form that names its action, which makes FreePBX compare the Referer, and never by GET', async () => {
    const fields = { ...saveSettings.fields }
    await world.run({ do: 'get', fields }, { do: 'post', fields: validSettings }, { do: 'apply-config' })
    expect(await writtenFiles(world)).toEqual([])
  })

  it('are shown escaped', async () => {
    const hostile = '"><script>alert(1)</script>'
    const [page] = await world.run({
      do: 'post',
      fields: { ...saveSettings.fields, server1: hostile },
    })
    expect(page).not.toContain('<script>')
    expect(page).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"')
  })

  it('are never written if a faulty value came into the database by another way; what was written stays', async () => {
    const kept = { ...validSettings, server1: 'a:1\n[evil]' }
    const before = await world.run(saveSettings, { do: 'apply-config' }).then(() => readWrittenGlobals(world))
    await world.run(
      { do: 'method', name: 'setConfig', arguments: ['settings', kept] },
      { do: 'apply-config' },
    )
    expect(await readWrittenGlobals(world)).toEqual(before)
  })
})
