import { intervalToMs } from '@perfwatch/contract';
import type { HostHistory } from '../../api/history-api.ts';

/** What is known of how a history was made. */
export interface Told {
  history: Pick<HostHistory, 'interval' | 'resolution' | 'truncated' | 'count'>;
  /** Time between samples; null where the host does not say. */
  sampleMs: number | null;
}

const UNITS = [
  ['day', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `5 min`, `1 s`, `250 ms`. */
export function spanText(ms: number): string {
  const unit = UNITS.find(([, unitMs]) => ms >= unitMs);
  if (unit === undefined) return `${Math.round(ms)} ms`;
  const count = ms / unit[1];
  const text = Number.isInteger(count) ? String(count) : count.toFixed(1);
  return unit[0] === 'day' ? `${text} ${count === 1 ? 'day' : 'days'}` : `${text} ${unit[0]}`;
}

/** How coarse what is shown is, and how far to zoom for every sample: one sentence for each way, the coarsest first. */
export function resolutionTexts(told: readonly Told[], pointLimit: number): string[] {
  const ways = new Map<string, { history: Told['history']; samplesMs: number[] }>();
  for (const { history, sampleMs } of told) {
    if (history.count === 0) continue;
    const key = `${history.interval} ${history.resolution}`;
    const samplesMs = ways.get(key)?.samplesMs ?? [];
    ways.set(key, { history, samplesMs: sampleMs === null ? samplesMs : [...samplesMs, sampleMs] });
  }
  return [...ways.values()]
    .sort((a, b) => (intervalToMs(b.history.interval) ?? 0) - (intervalToMs(a.history.interval) ?? 0))
    .map(({ history, samplesMs }) => resolutionText(history, { samplesMs, pointLimit }));
}

function resolutionText(
  { interval, resolution }: Told['history'],
  { samplesMs, pointLimit }: { samplesMs: readonly number[]; pointLimit: number },
): string {
  const [shortestMs, longestMs] = [Math.min(...samplesMs), Math.max(...samplesMs)];
  const every = samplesMs.length === 0 ? '' : ` every ${spanText(shortestMs)}${longestMs > shortestMs ? ` to ${spanText(longestMs)}` : ''}`;
  const kept = resolution === '1m' ? 'by the minute' : 'by the hour';
  const stepMs = intervalToMs(interval);
  if (stepMs === null)
    return resolution === 'raw' ? `Every sample${every && `, one${every}`}` : `Means ${kept}: samples are not kept for so long`;
  const of = resolution === 'raw' ? `samples${every}` : `what is kept ${kept}`;
  const zoom = samplesMs.length === 0 ? 'zoom in for every sample' : `every sample below ${spanText(roundedDown(pointLimit * shortestMs))}`;
  return `${spanText(stepMs)} means of ${of}; ${zoom}`;
}

/** A span in whole minutes where it is a matter of minutes. */
function roundedDown(ms: number): number {
  return ms < 120_000 ? ms : Math.floor(ms / 60_000) * 60_000;
}

/** What is missing because a fixed step gives more points than are asked for; null when nothing is. */
export function truncationText(told: readonly Told[], pointLimit: number): string | null {
  return told.some(({ history }) => history.truncated)
    ? `Only the oldest ${pointLimit.toLocaleString('en')} points are shown. Choose a coarser step or a shorter range.`
    : null;
}
