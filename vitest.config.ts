import { availableParallelism } from 'node:os'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { contractTests, exceptContractTests, serverTests } from './test/databases/contract-tests.ts'

const nodeModules = '**/node_modules/**'

/** One more than cores: those on database servers wait for the disk. Vitest's own default is one less. */
const parallel = { maxWorkers: availableParallelism() + 1, sequence: { groupOrder: 0 } }

/** They wait for calls and timers most of the time: five at once cost each other little; no more, whatever the machine. */
const fiveAtOnce = { maxWorkers: 5, sequence: { groupOrder: 1 } }

/** They fill the machine and look at how long answers take meanwhile, compare times to the millisecond or measure sound. */
const underLoad = ['test/{faults,hostile}/**/*.test.ts', 'test/asterisk/{dead-air,spoken-level}.test.ts']

const patient = { testTimeout: 60_000, hookTimeout: 120_000 }

/** The API's tests once more, on a real server that is started for them. */
function onDatabaseServer(kind: 'mysql' | 'mariadb'): TestProjectInlineConfiguration {
  return {
    test: {
      name: kind,
      include: contractTests,
      exclude: [nodeModules, ...exceptContractTests],
      globalSetup: [`test/databases/${kind}.ts`],
      testTimeout: 20_000,
      hookTimeout: 20_000,
      // Files share a worker: loading the API for each took a third of the time.
      isolate: false,
      ...parallel,
    },
  }
}

/**
 * `unit` lies beside the code and needs nothing but memory (its database is SQLite); `mysql` and `mariadb` run the
 * database contract on real servers; `system` crosses a boundary (sockets, files, a real Asterisk); `load` does so under
 * load, or measures, and runs its files one after another, alone on the machine.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{core,agi,api,lambda,whatsapp-gateway,scripts,freepbx-dialplan,bench}/**/*.test.ts'],
          exclude: [nodeModules, ...serverTests],
          // Long enough for a machine that does something else as well: a limit is no measurement.
          testTimeout: 20_000,
          expect: { poll: { timeout: 10_000 } },
          ...parallel,
        },
      },
      onDatabaseServer('mysql'),
      onDatabaseServer('mariadb'),
      {
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: [nodeModules, ...underLoad],
          ...patient,
          ...fiveAtOnce,
        },
      },
      {
        test: {
          name: 'load',
          include: underLoad,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          ...patient,
        },
      },
    ],
  },
})
