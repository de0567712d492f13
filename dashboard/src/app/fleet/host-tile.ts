import type { CollectorState } from '@perfwatch/contract';
import { ageText, figure, unitSuffix } from '../format/format.ts';
import type { SeriesColour } from '../theme/chart-theme.ts';
import type { SparkPaths } from './course.ts';
import type { FleetMemory } from './fleet-memory.ts';
import { hostState, seenText, type HostEntry, type HostState } from './host-entry.ts';
import { FLEET_MEASURES, type Measure, type MeasureKey } from './measures.ts';

/** A measure as a tile shows it. */
export interface TileFigure extends SparkPaths {
  key: MeasureKey;
  title: string;
  about: string;
  colour: SeriesColour;
  /** The digits; null for a value that is not known, undefined while it is on its way. */
  text: string | null | undefined;
  unit: string;
  /** Why it is not known. */
  reason: string;
}

export interface HostTile {
  state: HostState;
  /** When it was last heard of. */
  seen: string;
  lastSampleMs: number | null;
  figures: readonly TileFigure[];
}

export interface TileMoment {
  memory: FleetMemory;
  /** Now, by the server's clock. */
  nowMs: number;
  /** Until when it is known that nothing came. */
  asOfMs: number;
}

/** A host at a moment: what its entry says, with what came of it since. */
export function tileOf(entry: HostEntry, { memory, nowMs, asOfMs }: TileMoment): HostTile {
  const newestMs = memory.newestMs(entry.host);
  const lastSampleMs = newestMs === null ? entry.lastSampleMs : Math.max(newestMs, entry.lastSampleMs ?? newestMs);
  const ageMs = lastSampleMs === null ? null : asOfMs - lastSampleMs;
  const state = hostState(ageMs, entry.quietMs);
  const seen = seenText(ageMs, entry.quietMs);
  const figures = FLEET_MEASURES.map((measure) => {
    const { key, title, about, colour, collector } = measure;
    const intervalMs = entry.collectors.get(collector)?.interval_ms ?? 0;
    const shown = state === 'live' ? currentOf(entry, measure, memory) : { value: null, reason: quietReason(ageMs, seen) };
    const { text, unit } = figure(shown.value, measure.unit);
    return {
      key,
      title,
      about,
      colour,
      ...memory.paths(entry.host, key, { nowMs, intervalMs }),
      text: shown.value === undefined ? undefined : shown.value === null ? null : text,
      unit: unitSuffix(unit),
      reason: shown.reason,
    };
  });
  return { state, seen, lastSampleMs, figures };
}

const quietReason = (ageMs: number | null, seen: string) => (ageMs === null ? 'Nothing was ever heard' : `Last heard ${seen}`);

/** A measure's newest value and why it is null; undefined while it is on its way. */
function currentOf(entry: HostEntry, { key, collector }: Measure, memory: FleetMemory): Current {
  const known = entry.collectors.get(collector);
  const reading = memory.reading(entry.host, key);
  if (reading === undefined && known === undefined) return { value: null, reason: `The collector ${collector} does not run on this host` };
  const newestMs = memory.newestMs(entry.host) ?? entry.lastSampleMs ?? 0;
  const behindMs = newestMs - (reading?.timeMs ?? Date.parse(known?.last_sample ?? ''));
  if (behindMs > entry.quietMs) return { value: null, reason: `The collector ${collector} has sent nothing for ${ageText(behindMs)}` };
  if (reading === undefined) return { value: isWithValues(known) ? undefined : null, reason: known?.reason ?? UNEXPLAINED };
  return { value: reading.value, reason: reading.reason ?? known?.reason ?? UNEXPLAINED };
}

interface Current {
  value: number | null | undefined;
  reason: string;
}

const UNEXPLAINED = 'Not known at this tick: the first Sample of a rate, or a counter that was reset';

const isWithValues = (state: CollectorState | undefined) => state?.status === 'ok' || state?.status === 'partial';
