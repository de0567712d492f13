import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const eslint = new ESLint({
  cwd: root,
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
  ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-imports',
});

async function faultsOf(file: string, code: string): Promise<string[]> {
  const results = await eslint.lintText(code, { filePath: path.join(root, file) });
  return results.flatMap(({ messages }) => messages.map(({ message }) => message));
}

describe('module boundaries', () => {
  it.each([
    ['a service', 'services/persistence/src/index.ts', '@perfwatch/history', /may import/],
    ['a collector', 'services/collectors/cpu/src/index.ts', '@perfwatch/collector-memory', /may import/],
    ['the contract', 'libs/contract/src/index.ts', '@perfwatch/procfs', /may import nothing of ours/],
    ['the dashboard', 'dashboard/src/main.ts', '@perfwatch/bus', /may import/],
    ['a library', 'libs/procfs/src/index.ts', '@perfwatch/service-kit', /may import/],
    ['a service', 'services/history/src/index.ts', 'pg', /Only libs\/store imports pg/],
    ['the gateway', 'gateway/src/index.ts', 'nats', /Only libs\/bus imports nats/],
    ['the gateway', 'gateway/src/index.ts', '@perfwatch/contract/src/sample.ts', /not its files/],
    ['the gateway', 'gateway/src/http/routes.ts', '../../../libs/contract/src/index.ts', /by its package name/],
  ])('keep %s (%s) from importing %s', async (_, file, specifier, reason) => {
    const faults = await faultsOf(file, `import * as other from '${specifier}';\nconsole.log(other);\n`);
    expect(faults.join('\n')).toMatch(reason);
  });

  it('let a service import the contract and its own files', async () => {
    const code = "import * as contract from '@perfwatch/contract';\nimport { x } from './x.ts';\nconsole.log(contract, x);\n";
    expect(await faultsOf('services/history/src/index.ts', code)).toEqual([]);
  });
});
