// `npm run soak`: installs what is missing, then runs e2e/soak-main.ts under the pinned Node.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { buildDashboard, prepareRepository } from './bootstrap.mjs';
import { ensureTestPrograms } from './test-programs.mjs';

const node = await prepareRepository();
await buildDashboard(node);
ensureTestPrograms();
const child = spawn(node, [path.resolve(import.meta.dirname, '../e2e/soak-main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
