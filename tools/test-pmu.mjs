// `npm run test:pmu`: hardware counters, in an emulated machine that has some. See tools/pmu-vm/README.md.
import { prepareRepository } from './bootstrap.mjs';
import { runHardwareTests } from './pmu-vm/run-tests.mjs';
import { ensureTestPrograms } from './test-programs.mjs';

await prepareRepository();
ensureTestPrograms();
const { passed, failed, unable, output } = await runHardwareTests();
if (output !== '') console.log(output.trimEnd());
if (unable !== null) console.log(`No machine with hardware counters can be had here: ${unable}`);
console.log(`${passed} passed, ${failed} failed, ${unable === null ? 0 : 1} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
