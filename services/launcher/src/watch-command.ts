import type { Bus } from '@perfwatch/bus';
import type { Command } from 'commander';
import { ALL_PUBLIC_SUBJECTS, parseInput } from '@perfwatch/contract';
import { z } from 'zod';
import { withBus } from './command-bus.ts';
import type { CommandContext } from './command-context.ts';
import { shownUntil, type Screen } from './terminal.ts';

/** A NATS subject: tokens between dots, `*` for one and `>` for all that follow. */
const subjectSchema = z
  .string()
  .max(1000)
  .regex(
    /^(?:[^\s.*>]+|\*)(?:\.(?:[^\s.*>]+|\*))*(?:\.>)?$|^>$/,
    'must be a NATS subject, such as perfwatch.v1.metrics.*.cpu or perfwatch.v1.>',
  );
const countSchema = z.coerce.number().refine((count) => Number.isInteger(count) && count >= 1, 'must be a whole number from 1 on');

export interface WatchOptions {
  subject: string;
  /** Null: until it is stopped. */
  count: number | null;
  /** Each message in an object that says its subject too. */
  withSubject: boolean;
  screen: Screen;
  stopping: AbortSignal;
}

/** One line of JSON in which nothing is left that a terminal would obey: JSON itself escapes what is below U+0020 only. */
function lineOf(message: unknown): string {
  const escape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(message).replace(/[\u007f-\u009f]/g, escape)}\n`;
}

/** Writes messages as lines of JSON until there have been enough. What is no JSON is dropped with a word on stderr. */
export async function watch(bus: Pick<Bus, 'subscribe'>, options: WatchOptions): Promise<void> {
  const { count, screen, withSubject } = options;
  const enough = new AbortController();
  let written = 0;
  const subscription = bus.subscribe(options.subject, z.unknown(), (message, subject) => {
    if (enough.signal.aborted) return;
    screen.write(lineOf(withSubject ? { subject, message } : message));
    if (++written === count) enough.abort();
  });
  await shownUntil(screen, AbortSignal.any([options.stopping, enough.signal]));
  await subscription.stop();
}

/** `perfwatch watch <subject>`. */
export function addWatchCommand(program: Command, context: CommandContext, screen: Screen): void {
  program
    .command('watch')
    .description('print the messages of a subject of the bus as lines of JSON')
    .argument('[subject]', 'NATS subject, * and > allowed', ALL_PUBLIC_SUBJECTS)
    .option('--count <number>', 'end after that many')
    .option('--with-subject', 'print {"subject": ..., "message": ...}')
    .action((subject: string, options: { count?: string; withSubject?: boolean }) => {
      const count = options.count === undefined ? null : parseInput(countSchema, options.count, '--count');
      const wanted = { subject: parseInput(subjectSchema, subject, 'subject'), count, withSubject: options.withSubject ?? false };
      return withBus(context, (bus) => watch(bus, { ...wanted, screen, stopping: context.stopRequests.stopping }));
    });
}
