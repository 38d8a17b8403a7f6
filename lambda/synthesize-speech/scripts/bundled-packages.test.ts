import { describe, expect, it } from 'vitest'
import { bundledPackages } from './bundled-packages.ts'

describe('bundledPackages', () => {
  it('names each package once, a nested one by its own folder, and no file of ours', () => {
    const files = [
      'lambda/synthesize-speech/src/main.ts',
      'node_modules/tslib/tslib.es6.mjs',
      'node_modules/@aws-sdk/core/dist-es/index.js',
      'node_modules/@aws-sdk/core/dist-es/client.js',
      'node_modules/@aws-sdk/core/node_modules/bowser/src/bowser.js',
    ]
    expect(bundledPackages(files)).toEqual([
      'node_modules/@aws-sdk/core',
      'node_modules/@aws-sdk/core/node_modules/bowser',
      'node_modules/tslib',
    ])
  })
})
