import { matchesGlob } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'
import { contractTests, exceptContractTests } from '../../test/databases/contract-tests.ts'
import { recordFigure } from './figures.ts'

/** The projects that run the database contract, and how people call their databases. */
const databases: Readonly<Record<string, string>> = {
  unit: 'SQLite',
  mysql: 'MySQL 9',
  mariadb: 'MariaDB 10.11',
}

/** A vitest reporter that keeps, for each database, how many contract tests ran and how long they took in all. */
export default class ContractFigures implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const [project, name] of Object.entries(databases)) {
      const contract = modules.filter((module) => module.project.name === project && isContract(module))
      const passed = contract.flatMap((module) => [...module.children.allTests('passed')])
      const durationMs = contract.reduce((sum, module) => sum + module.diagnostic().duration, 0)
      if (passed.length > 0) {
        recordFigure(
          `database contract on ${name}`,
          `${passed.length} passed in ${(durationMs / 1_000).toFixed(1)} s`,
        )
      }
    }
  }
}

function isContract({ relativeModuleId }: TestModule): boolean {
  const matches = (pattern: string): boolean => matchesGlob(relativeModuleId, pattern)
  return contractTests.some(matches) && !exceptContractTests.some(matches)
}
