import { loadConfig } from '@perfwatch/service-kit';
import { commandLine } from './command-line.ts';
import { describeError } from './describe-error.ts';
import { endProcess } from './end-process.ts';
import { withRunCommand } from './run-command/run-command.ts';
import { StopRequests } from './stop-requests.ts';

const stopRequests = new StopRequests();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopRequests.request());
// Whoever started this (npm's script) was killed: nobody would be there to stop it.
process.on('disconnect', () => stopRequests.request());
// The terminal was closed: what is left to say reaches nobody.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

let exitCode = 0;
const program = commandLine({
  loadConfig: () => loadConfig(process.env),
  environment: process.env,
  stopRequests,
  print: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
  exitWith: (code) => void (exitCode = code),
});

try {
  await program.parseAsync(withRunCommand(process.argv.slice(2)), { from: 'user' });
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  exitCode = 1;
}
// A channel to whoever started this, a driver's timer or a mount that hangs must not keep a finished command alive.
endProcess(exitCode);
