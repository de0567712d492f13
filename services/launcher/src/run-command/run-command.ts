import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { explain, PerfwatchError, subjects } from '@perfwatch/contract';
import type { Environment, PerfwatchConfig } from '@perfwatch/service-kit';
import type { Command } from 'commander';
import { withBus } from '../command-bus.ts';
import type { CommandContext } from '../command-context.ts';
import { readInstance } from '../instance-file.ts';
import { compareWithBefore, minutesBefore } from './compare-with-before.ts';
import { annotationOf, commandLineOf, differenceLines, usageOf } from './describe-run.ts';
import { runChild, type CommandRun } from './run-child.ts';

/** What `perfwatch run -- <command>` is among the commands: its own words stay untouched behind the `--`. */
const INTERNAL_NAME = 'run-command';

/**
 * Arguments of the command line, in which `run -- <command>` is told from `run <service...>`: by the `--` in front, which commander itself
 * does not show.
 */
export function withRunCommand(args: readonly string[]): string[] {
  const [name, dashes, ...command] = args;
  return name === 'run' && dashes === '--' ? [INTERNAL_NAME, '--', ...command] : [...args];
}

/** Where npm was called: its scripts run in the root of the repository. */
function callersDirectory(environment: Environment): string | undefined {
  const directory = environment['INIT_CWD'];
  const isThere = directory !== undefined && statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true;
  return environment['npm_lifecycle_event'] === 'perfwatch' && isThere ? directory : undefined;
}

const reasonOf = (error: unknown): string =>
  error instanceof PerfwatchError ? explain(error) : error instanceof Error ? error.message : String(error);

/** Sets the mark. Says why when it cannot: the command has run all the same. */
async function mark(context: CommandContext, config: PerfwatchConfig, run: CommandRun): Promise<void> {
  try {
    await withBus(context, (bus) => {
      bus.publish(subjects.annotations(config.hostId), annotationOf(run, randomUUID()));
      return Promise.resolve();
    });
  } catch (error) {
    context.warn(`perfwatch: the command is not marked on the time axis: ${reasonOf(error)}`);
  }
}

function apiUrlOf(config: PerfwatchConfig): string {
  const url = config.apiUrl ?? readInstance(config.dataDir)?.dashboardUrl ?? `http://${config.httpHost}:${config.httpPort}`;
  return url.replace(/\/+$/, '');
}

/** Prints how the machine differed, or why that is not known. */
async function printDifference(context: CommandContext, config: PerfwatchConfig, { startMs, endMs }: CommandRun): Promise<void> {
  const { apiToken, hostId } = config;
  if (apiToken === null) {
    context.warn(
      'perfwatch: what the machine did besides is not compared: PERFWATCH_API_TOKEN is not set (a token of scope read suffices)',
    );
    return;
  }
  try {
    const signal = context.stopRequests.hurry;
    const reply = await compareWithBefore({ url: apiUrlOf(config), token: apiToken, host: hostId, startMs, endMs, signal });
    for (const line of differenceLines(reply, minutesBefore({ startMs, endMs }))) context.warn(`perfwatch: ${line}`);
  } catch (error) {
    context.warn(`perfwatch: what the machine did besides is not compared: ${reasonOf(error)}`);
  }
}

/** Runs the command, marks it and says what it used, all on stderr: stdout is the command's alone. Gives its exit code. */
async function runAndMark(context: CommandContext, command: readonly [string, ...string[]]): Promise<number> {
  const config = context.loadConfig();
  const { environment } = context;
  const run = await runChild({ command, environment, cwd: callersDirectory(environment) });
  context.warn(`perfwatch: ${commandLineOf(command)} ${run.isStarted ? usageOf(run) : run.ending}`);
  if (!run.isStarted) return run.exitCode;
  await Promise.all([mark(context, config, run), printDifference(context, config, run)]);
  return run.exitCode;
}

/** `perfwatch run -- <command>`, see `withRunCommand`. */
export function addRunCommand(program: Command, context: CommandContext): void {
  program
    .command(INTERNAL_NAME, { hidden: true })
    .argument('<command...>')
    .action(async ([file, ...args]: string[]) => {
      if (file === undefined) throw new PerfwatchError('bad_input', 'perfwatch run -- needs a command');
      context.exitWith?.(await runAndMark(context, [file, ...args]));
    });
}
