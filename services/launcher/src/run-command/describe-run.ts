import { unitOf, type Annotation, type CompareReply, type MetricComparison } from '@perfwatch/contract';
import { quantity } from '../top/quantity.ts';
import { printable } from '../terminal.ts';
import type { CommandRun } from './run-child.ts';

const MAX_TITLE = 200;
/** Differences that are printed, the clearest first. */
const MAX_DIFFERENCES = 10;

/** Words that a shell would take apart are shown in quotes. */
export function commandLineOf(command: readonly string[]): string {
  const words = command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`));
  return printable(words.join(' '));
}

const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} s`;

/** How it ended, how long it took and what it used, in one line. */
export function usageOf({ ending, startMs, endMs, cpu, peakResidentBytes }: CommandRun): string {
  const parts = [`${ending} after ${seconds((endMs - startMs) / 1000)}`];
  if (cpu !== null) parts.push(`CPU ${seconds(cpu.user + cpu.system)} (user ${seconds(cpu.user)}, system ${seconds(cpu.system)})`);
  if (peakResidentBytes !== null) parts.push(`largest process ${quantity(peakResidentBytes, 'bytes')}`);
  return parts.join(', ');
}

/** The mark of a command on the time axis, from its start to its end. */
export function annotationOf(run: CommandRun, id: string): Annotation {
  const title = commandLineOf(run.command);
  return {
    id,
    ts: new Date(run.startMs).toISOString(),
    end_ts: new Date(run.endMs).toISOString(),
    title: title.length > MAX_TITLE ? `${title.slice(0, MAX_TITLE - 1)}…` : title,
    text: usageOf(run),
    tags: ['run', run.exitCode === 0 ? 'ok' : 'failed'],
  };
}

/** The name of a metric in a path such as `core.usage_percent{core="0"}`. */
const metricOf = (path: string): string => path.replace(/\{.*$/s, '').replace(/^[^.]*\./, '');

function differenceLine({ collector, path, window_1: during, window_2: before, verdict }: MetricComparison): string {
  const unit = unitOf(metricOf(path));
  const name = printable(`${collector}.${path}`);
  return `${name.padEnd(48)} ${quantity(during.avg, unit).padStart(12)}   before ${quantity(before.avg, unit).padStart(12)}   ${verdict}`;
}

/** How a machine differed while a command ran, as lines. */
export function differenceLines({ summary, host }: CompareReply, minutesBefore: number): string[] {
  const clear = summary.filter(({ verdict }) => verdict === 'higher' || verdict === 'lower');
  const against = `the ${minutesBefore === 1 ? 'minute' : `${minutesBefore} minutes`} before`;
  if (clear.length === 0) {
    const isTooShort = summary.every(({ verdict }) => verdict === 'unknown');
    return [
      isTooShort ? `${host}: too little was measured to tell a difference from ${against}` : `${host}: no clear difference from ${against}`,
    ];
  }
  const more = clear.length > MAX_DIFFERENCES ? [`  and ${clear.length - MAX_DIFFERENCES} metrics more: see Compare on the dashboard`] : [];
  return [`${host}, against ${against}:`, ...clear.slice(0, MAX_DIFFERENCES).map((metric) => `  ${differenceLine(metric)}`), ...more];
}
