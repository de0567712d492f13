import { defineConfig } from 'vitest/config';

const source = ['libs/**', 'services/**', 'gateway/**', 'tools/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: source.map((root) => `${root}/*.spec.ts`),
          exclude: ['**/node_modules/**', '**/*.int.spec.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: source.map((root) => `${root}/*.int.spec.ts`),
          exclude: ['**/node_modules/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
