import { defineConfig } from 'vitest/config';

const shared = { pool: 'forks', testTimeout: 60_000, hookTimeout: 120_000, restoreMocks: true } as const;

export default defineConfig({
  test: {
    // As many files at once as there are cores: most of them wait for a database or a process.
    maxWorkers: '100%',
    projects: [
      { test: { ...shared, name: 'core', include: ['test/core/**/*.test.ts'] } },
      {
        test: {
          ...shared,
          name: 'service',
          include: ['test/**/*.test.ts'],
          exclude: ['test/core/**'],
          // Starts a PostgreSQL and makes the templates that test/support/database.ts copies.
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
});
