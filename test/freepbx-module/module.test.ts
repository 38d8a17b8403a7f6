import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { promptIds } from '../../agi/src/prompts/ids.ts'
import { parseDialplan } from '../../freepbx-dialplan/dialplan-text.ts'
import { createModuleWorld, type ModuleWorld } from './module-world.ts'
import { readWrittenGlobals, saveSettings, validSettings, writtenFiles } from './settings.ts'
import { findPhpRoot } from './real-php.ts'

const root = await findPhpRoot()

const step = {
  name: 'Código de acesso',
  step: 'verify-code',
  service: '',
  goto0: 'Steps',
  Steps0: 'ura-gui-steps,step-2,1',
  goto1: 'Queues',
  Queues1: 'ext-queues,600,1',
}
const saveStep = (changes: Record<string, string> = {}) => ({
  do: 'post',
  fields: { action: 'save-step', id: '0', ...step, ...changes },
})

describe.runIf(root !== '')('the FreePBX module under PHP 8.2', () => {
  let world: ModuleWorld

  beforeEach(async () => {
    world = await createModuleWorld({ root })
  })

  afterEach(() => world.remove())

  describe('installed and not yet used', () => {
    it('writes no file and no dialplan, so that ura-globals.conf holds alone', async () => {
      const [, dialplan] = await world.run({ do: 'method', name: 'install' }, { do: 'apply-config' })
      expect(dialplan).toBe('')
      expect(await writtenFiles(world)).toEqual([])
    })

    it('has the whole call as its one destination', async () => {
      const [destinations] = await world.run({ do: 'function', name: 'urahelpdesk_destinations' })
      expect(destinations).toEqual([
        { destination: 'ura-helpdesk,s,1', description: 'Suporte de TI: ligação completa' },
      ])
    })
  })

  describe('steps as destinations', () => {
    it('ask, call the context of the step, and go on by its result', async () => {
      const [page, dialplan] = await world.run(saveStep(), { do: 'apply-config' })
      expect(page).toContain('Código de acesso')
      expect(String(dialplan).split('\n')).toEqual([
        '[ura-gui-steps]',
        'exten => step-1,1,GotoIf($[${DIALPLAN_EXISTS(ura-step-verify-code,s,1)} = 0]?ext-queues,600,1)',
        'exten => step-1,n,Answer',
        'exten => step-1,n,Set(CHANNEL(language)=${URA_LANGUAGE})',
        'exten => step-1,n,Set(URA_ROUNDS=0)',
        'exten => step-1,n(ask),Set(URA_ROUNDS=$[${URA_ROUNDS} + 1])',
        'exten => step-1,n,Read(URA_DIGITS,ura/ask-access-code,${URA_CODE_DIGITS},,2,10)',
        'exten => step-1,n,Set(URA_DIGITS=${FILTER(0-9,${URA_DIGITS})})',
        'exten => step-1,n,Set(URA_RESULT=)',
        'exten => step-1,n,Gosub(ura-step-verify-code,s,1(${cod_user},${URA_DIGITS}))',
        'exten => step-1,n,ExecIf($["${URA_RESULT}" = "wrong"]?Playback(ura/wrong-access-code))',
        'exten => step-1,n,GotoIf($["${URA_RESULT}" = "wrong" & ${URA_ROUNDS} < 3]?ask)',
        'exten => step-1,n,GotoIf($["${URA_RESULT}" = "ok"]?done:ext-queues,600,1)',
        'exten => step-1,n(done),Goto(ura-gui-steps,step-2,1)',
        '',
        ';--== end of [ura-gui-steps] ==--;',
        '',
        '',
        '',
      ])
    })

    it('are listed as destinations, and an unknown or deleted one is told apart from a foreign one', async () => {
      const info = (destination: string) => ({
        do: 'function',
        name: 'urahelpdesk_getdestinfo',
        arguments: [destination],
      })
      const [, destinations, own, deleted, foreign, helpdesk] = await world.run(
        saveStep(),
        { do: 'function', name: 'urahelpdesk_destinations' },
        info('ura-gui-steps,step-1,1'),
        info('ura-gui-steps,step-9,1'),
        info('ext-queues,600,1'),
        info('ura-helpdesk,s,1'),
      )
      expect(destinations).toContainEqual({
        destination: 'ura-gui-steps,step-1,1',
        description: 'Código de acesso',
      })
      expect(own).toEqual({
        description: 'Suporte de TI: Código de acesso',
        edit_url: 'config.php?display=urahelpdesk&view=step&id=1',
      })
      expect([deleted, foreign]).toEqual([[], false])
      expect(helpdesk).toMatchObject({ edit_url: 'config.php?display=urahelpdesk' })
    })

    it('say where they lead to, and follow when that place moves', async () => {
      const check = (destinations: unknown) => ({
        do: 'function',
        name: 'urahelpdesk_check_destinations',
        arguments: [destinations],
      })
      const [, all, one, none, , moved] = await world.run(
        saveStep(),
        check(true),
        check(['ext-queues,600,1']),
        check(['ext-queues,700,1']),
        {
          do: 'function',
          name: 'urahelpdesk_change_destination',
          arguments: ['ext-queues,600,1', 'ext-queues,700,1'],
        },
        check(true),
      )
      expect(all).toHaveLength(2)
      expect(one).toMatchObject([{ dest: 'ext-queues,600,1' }])
      expect(none).toEqual([])
      expect(moved).toMatchObject([{ dest: 'ura-gui-steps,step-2,1' }, { dest: 'ext-queues,700,1' }])
    })

    it('keep their number for ever: a new one never gets that of a deleted one', async () => {
      const [, , , , destinations] = await world.run(
        saveStep(),
        saveStep({ name: 'Segundo' }),
        { do: 'post', fields: { action: 'delete-step', id: '2' } },
        saveStep({ name: 'Terceiro' }),
        { do: 'function', name: 'urahelpdesk_destinations' },
      )
      expect((destinations as { destination: string }[]).map(({ destination }) => destination)).toEqual([
        'ura-helpdesk,s,1',
        'ura-gui-steps,step-1,1',
        'ura-gui-steps,step-3,1',
      ])
    })

    it.each([
      ['name', { name: '' }],
      ['name', { name: 'x'.repeat(51) }],
      ['name', { name: 'a\nb' }],
      ['name', { name: '<b>a</b>' }],
      ['name', { name: 'a" onclick="b' }],
      ['step', { step: 'helpdesk' }],
      ['step', { step: '../x' }],
      ['service', { step: 'open-ticket', service: '' }],
      ['service', { step: 'open-ticket', service: 'x)\nsame => n,System(id' }],
      ['service', { step: 'open-ticket', service: '${SHELL(id)}' }],
      ['destination', { goto0: '', Steps0: '' }],
      ['destination', { Steps0: 'a,b,1)\nsame => n,System(id' }],
      ['destination', { Queues1: 'ext-queues,600' }],
      ['destination', { Queues1: 'a,${SHELL(id)},1' }],
      ['destination', { Queues1: 'a;b,s,1' }],
      ['destination', { Queues1: 'a?b,s,1' }],
    ])('are refused with a faulty %s: %j', async (_, changes) => {
      const [page, dialplan] = await world.run(saveStep(changes), { do: 'apply-config' })
      expect(page).toContain('Nada foi salvo')
      expect(dialplan).toBe('')
    })

    it('are shown escaped when they are refused, and by the list and the form if they came in by another way', async () => {
      const name = '<img src=x onerror=alert(1)>'
      const kept = { ...step, name, done_destination: '"><script>', other_destination: '' }
      const pages = await world.run(
        saveStep({ name }),
        { do: 'method', name: 'setConfig', arguments: ['1', kept, 'steps'] },
        { do: 'get', fields: { view: 'step', id: '1' } },
        { do: 'get', fields: { view: 'steps' } },
      )
      for (const page of [pages[0], pages[2], pages[3]]) {
        expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;')
        expect(page).not.toMatch(/<img|<script/)
      }
    })

    it('are left out of dialplan, destinations and self-test when they came in faulty by another way', async () => {
      const kept = {
        name: 'x',
        step: 'x\r\nAction: Originate',
        done_destination: 'a,s,1',
        other_destination: 'a,s,1',
      }
      const [, dialplan, destinations, results] = await world.run(
        { do: 'method', name: 'setConfig', arguments: ['1', kept, 'steps'] },
        { do: 'apply-config' },
        { do: 'function', name: 'urahelpdesk_destinations' },
        { do: 'method', name: 'selfTest' },
      )
      expect(dialplan).toBe('')
      expect(destinations).toHaveLength(1)
      expect(JSON.stringify(results)).not.toContain('Originate')
    })

    it('are at most a hundred', async () => {
      const hundred = Array.from({ length: 100 }, (_, index) => saveStep({ name: `Passo ${index}` }))
      const results = await world.run(...hundred, saveStep({ name: 'Mais um' }))
      expect(results.at(-2)).not.toContain('Nada foi salvo')
      expect(results.at(-1)).toContain('Já há 100 passos.')
    })

    it('ask with recordings of the pack alone, as the self-test looks for them', async () => {
      const kinds = ['verify-user', 'verify-code', 'verify-ticket']
      await world.run(...kinds.map((kind) => saveStep({ step: kind })))
      const [page] = await world.run({ do: 'get', fields: { view: 'selftest' } })
      const [, missing = ''] = /falta em [^:]+: ([\w, -]+)/.exec(String(page)) ?? []
      const names = missing.split(', ')
      expect(names).toHaveLength(8)
      for (const name of names) expect(promptIds).toContain(name)
    })

    it('are found by the search of the interface', async () => {
      const [, found, nothing] = await world.run(
        saveStep(),
        { do: 'search', query: 'CÓDIGO' },
        { do: 'search', query: 'nada' },
      )
      expect(found).toMatchObject([{ dest: '?display=urahelpdesk&view=step&id=1' }])
      expect(nothing).toEqual([])
    })

    it.each([
      'verify-user',
      'send-code',
      'verify-code',
      'verify-ticket',
      'open-ticket',
      'check-hours',
      'remove-audio',
    ])('can be %s, in a dialplan whose jumps within it all exist', async (kind) => {
      const [, dialplan] = await world.run(saveStep({ step: kind, service: 'impressora' }), {
        do: 'apply-config',
      })
      const context = parseDialplan(
        String(dialplan)
          .replaceAll('Answer\n', 'Answer()\n')
          .replaceAll(/^exten => step-1,n/gm, 'same => n'),
      ).get('ura-gui-steps')
      const steps = context?.extensions.get('step-1') ?? []
      expect(steps.map(({ argument }) => argument).join('\n')).toContain(`ura-step-${kind},s,1(`)
      expect(steps.filter(({ label }) => label === 'done')).toHaveLength(1)
    })
  })

  describe('backup and restore', () => {
    it('bring everything back into an empty module', async () => {
      const backup = { do: 'backup' }
      const [, , kept] = await world.run(
        saveSettings,
        saveStep({ step: 'open-ticket', service: 'rede' }),
        backup,
      )
      const { configs, dependencies } = kept as { configs: unknown; dependencies: string[] }
      const [, warnings, again, dialplan] = await world.run(
        { do: 'method', name: 'uninstall' },
        { do: 'restore', configs },
        backup,
        { do: 'apply-config' },
      )
      expect(dependencies).toEqual(['core', 'queues', 'timeconditions'])
      expect(warnings).toEqual([])
      expect(again).toEqual(kept)
      expect(dialplan).toContain('Gosub(ura-step-open-ticket,s,1(${cod_user},rede))')
      expect(await readWrittenGlobals(world)).toMatchObject({ URA_SERVER1: '10.0.0.5:4573' })
    })

    it('check what a backup holds as if it had been typed, and say what they left out', async () => {
      const configs = {
        settings: { ...validSettings, server1: 'a:1\n[evil]' },
        steps: { 1: { ...step, done_destination: 'a,s,1)\n' }, x: 'text' },
      }
      const [warnings, dialplan] = await world.run({ do: 'restore', configs }, { do: 'apply-config' })
      expect(warnings).toHaveLength(3)
      expect(dialplan).toBe('')
      expect(await writtenFiles(world)).toEqual([])
    })

    it('take a backup in which the module had not been used', async () => {
      const [kept] = await world.run({ do: 'backup' })
      expect(kept).toMatchObject({ dependencies: ['core', 'queues'] })
      const [warnings] = await world.run({ do: 'restore', configs: (kept as { configs: unknown }).configs })
      expect(warnings).toEqual([])
    })
  })

  it('finds in its self-test a PBX on which nothing is installed yet', async () => {
    const bare = world.withReplies({ 'module show like res_http_media_cache.so': '0 modules loaded' })
    const [results] = await bare.run({ do: 'method', name: 'selfTest' })
    expect((results as { name: string; status: string }[]).map(({ name, status }) => [name, status])).toEqual(
      [
        ['extensions_custom.conf inclui ura-helpdesk.conf', 'failed'],
        ['globals_custom.conf inclui ura-globals.conf', 'failed'],
        ['ura-globals.conf inclui ura-globals-gui.conf', 'failed'],
        ['Contextos carregados', 'failed'],
        ['Ajustes em vigor no Asterisk', 'neutral'],
        ['Gravações que o plano de discagem toca', 'failed'],
        ['Servidor FastAGI 127.0.0.1:4573', 'failed'],
        ['Fila dos técnicos', 'failed'],
        ['Time Condition (condição de horário)', 'neutral'],
        ['Áudio falado por HTTP (res_http_media_cache)', 'failed'],
      ],
    )
  })

  it('leaves nothing when it is uninstalled', async () => {
    await world.run(saveSettings, saveStep(), { do: 'apply-config' })
    expect(await writtenFiles(world)).toEqual(['ura-globals-gui.conf'])
    await world.run({ do: 'method', name: 'uninstall' })
    expect(await writtenFiles(world)).toEqual([])
    expect(JSON.parse(await readFile(join(world.folder, 'kvstore.json'), 'utf8'))).toEqual([])
    const [, dialplan] = await world.run({ do: 'method', name: 'uninstall' }, { do: 'apply-config' })
    expect(dialplan).toBe('')
  })

  it('offers the buttons of the action bar where there is a form, on its own page alone', async () => {
    const bar = (fields: Record<string, string>) => ({ do: 'action-bar', fields })
    expect(
      await world.run(
        bar({ display: 'urahelpdesk' }),
        bar({ display: 'urahelpdesk', view: 'step' }),
        bar({ display: 'urahelpdesk', view: 'selftest' }),
        bar({ display: 'queues' }),
      ),
    ).toEqual([['reset', 'submit'], ['reset', 'submit'], [], []])
  })
})
