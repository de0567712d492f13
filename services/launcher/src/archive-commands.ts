import type { Command } from 'commander';
import { parseInput, subjectTokenSchema } from '@perfwatch/contract';
import { z } from 'zod';
import type { CommandContext } from './command-context.ts';
import { withStore } from './with-store.ts';

const MAX_KEPT_DAYS = 3650;
const keptDaysSchema = z.coerce.number({ error: 'must be a number of days' }).int().min(1).max(MAX_KEPT_DAYS);

const count = (number: number): string => number.toLocaleString('en-US');
const plural = (number: number, one: string): string => `${count(number)} ${one}${number === 1 ? '' : 's'}`;

async function list(context: CommandContext, { json = false }: { json?: boolean }): Promise<void> {
  const { readManifests } = await import('@perfwatch/retention');
  const manifests = await readManifests(context.loadConfig().dataDir);
  if (json) {
    context.print(JSON.stringify(manifests, null, 2));
    return;
  }
  if (manifests.length === 0) {
    context.print('Nothing is archived: it is done once the retention policy says archive_enabled, with what it no longer keeps raw.');
    return;
  }
  const row = (cells: readonly string[]) => cells.map((cell, index) => (index < 3 ? cell.padEnd(24) : cell.padStart(15))).join(' ');
  context.print(row(['day', 'host', 'collector', 'samples', 'bytes']).trimEnd());
  for (const { day, files } of manifests) {
    for (const { host, collector, samples, bytes } of files) context.print(row([day, host, collector, count(samples), count(bytes)]));
  }
}

interface RestoreOptions {
  host?: string;
  collector?: string;
  days: string;
}

async function restore(context: CommandContext, day: string, options: RestoreOptions): Promise<void> {
  const config = context.loadConfig();
  const request = {
    dataDir: config.dataDir,
    day,
    host: options.host === undefined ? null : parseInput(subjectTokenSchema, options.host, '--host'),
    collector: options.collector === undefined ? null : parseInput(subjectTokenSchema, options.collector, '--collector'),
    keptDays: parseInput(keptDaysSchema, options.days, '--days'),
  };
  const { restoreArchive } = await import('@perfwatch/retention');
  await withStore(config, (store) =>
    restoreArchive(store, request, ({ host, collector, hours, samples, hoursPresent, keptUntil }) => {
      const restored = `${plural(hours, 'hour')} of ${collector} of ${host} (${plural(samples, 'Sample')}), kept until ${keptUntil}`;
      const present = `${plural(hoursPresent, 'hour')} of ${collector} of ${host} left alone: raw Samples are there`;
      if (hours > 0) context.print(`Restored ${restored}.`);
      if (hoursPresent > 0) context.print(`${present}.`);
    }),
  );
}

/** `perfwatch archive list|restore`. */
export function addArchiveCommands(program: Command, context: CommandContext): void {
  const archive = program.command('archive').description('raw Samples that retention wrote to files before it deleted them');
  archive
    .command('list')
    .description('list the files of each day')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => list(context, options));
  archive
    .command('restore')
    .description('put the raw Samples of a day back into history, where it has none')
    .argument('<day>', 'such as 2026-11-23')
    .option('--host <host>', 'of this host only')
    .option('--collector <collector>', 'of this collector only')
    .option('--days <days>', 'how long they are kept, from now', '7')
    .action((day: string, options: RestoreOptions) => restore(context, day, options));
}
