import { defineConfig } from 'vitest/config';

const source = ['libs/**', 'services/**', 'gateway/**', 'tools/**', 'docs/**'];
const exclude = ['**/node_modules/**'];
const SERVER_TIMEOUT_MS = 60_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [...source, 'dashboard/src/**'].map((root) => `${root}/*.spec.ts`),
          exclude: [...exclude, '**/*.int.spec.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: source.map((root) => `${root}/*.int.spec.ts`),
          exclude,
          testTimeout: SERVER_TIMEOUT_MS,
          hookTimeout: SERVER_TIMEOUT_MS,
          // They wait more than they work.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'end-to-end',
          include: ['e2e/**/*.spec.ts'],
          exclude,
          testTimeout: 2 * SERVER_TIMEOUT_MS,
          hookTimeout: 3 * SERVER_TIMEOUT_MS,
          fileParallelism: false,
        },
      },
    ],
  },
});
