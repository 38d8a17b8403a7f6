import type { TestProject } from 'vitest/node'
import { provideDatabaseServer } from './database-server.ts'

export default (project: TestProject): Promise<() => Promise<void>> =>
  provideDatabaseServer(project, 'mariadb')
