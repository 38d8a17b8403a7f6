import { defineConfig } from 'vitest/config'

/**
 * Two projects: `unit` lies beside the code and needs nothing but memory; `system` crosses a boundary
 * (sockets, files, a real Asterisk) and runs its files one after another, because they measure time.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{core,agi,api,whatsapp-gateway,scripts,freepbx-dialplan,bench}/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 5_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
