import { describe, expect, it } from 'vitest'
import { commandInRoot } from './chroot.ts'
import { commandEnvironment, realPartsFolder, realPartsRequired } from './config.ts'

describe('realPartsFolder', () => {
  it('is the named folder, else one in the cache folder of the user', () => {
    expect(realPartsFolder({ REAL_PARTS_DIR: '/big/disk', XDG_CACHE_HOME: '/cache' })).toBe('/big/disk')
    expect(realPartsFolder({ XDG_CACHE_HOME: '/cache' })).toBe('/cache/ura-chamados/real-parts')
    expect(realPartsFolder({ REAL_PARTS_DIR: '', XDG_CACHE_HOME: '' })).toMatch(
      /\/\.cache\/ura-chamados\/real-parts$/,
    )
  })
})

describe('commandEnvironment', () => {
  it('passes on the way to the network and nothing else of the developer', () => {
    const environment = commandEnvironment({
      https_proxy: 'http://proxy:8080',
      GATEWAY_TOKEN: 'secret',
      PATH: '/mine',
    })
    expect(environment).toMatchObject({ https_proxy: 'http://proxy:8080', DEBIAN_FRONTEND: 'noninteractive' })
    expect(JSON.stringify(environment)).not.toMatch(/secret|mine/)
  })
})

describe('realPartsRequired', () => {
  it('holds in CI alone', () => {
    expect([{ CI: 'true' }, { CI: '' }, {}].map((environment) => realPartsRequired(environment))).toEqual([
      true,
      false,
      false,
    ])
  })
})

describe('commandInRoot', () => {
  it('gives paths and command as arguments, whatever is in them', () => {
    const { args } = commandInRoot({
      root: '/a root',
      binds: [{ hostFolder: '/host; rm', insidePath: '/inside' }],
      command: ['asterisk', '-C', '$(id)'],
    })
    expect(args.slice(-7)).toEqual(['/a root', '/host; rm', '/inside', '--', 'asterisk', '-C', '$(id)'])
    expect(args.filter((argument) => argument.includes('rm') || argument.includes('$(id)'))).toHaveLength(2)
  })
})
