import type { CollectorState, Host, Sample } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { FleetMemory } from './fleet-memory.ts';
import { hostEntry } from './host-entry.ts';
import { withHostEvent } from './host-event.ts';
import { tileOf } from './host-tile.ts';

const now = Date.parse('2026-11-23T20:00:00.000Z');
const at = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString();
const collector = (name: string, more: Partial<CollectorState> = {}): CollectorState => ({
  collector: name,
  status: 'ok',
  reason: null,
  last_sample: at(1),
  interval_ms: 1000,
  ...more,
});
const host = (collectors: CollectorState[], secondsAgo = 1): Host => ({
  host: 'web-1',
  first_seen: at(1e6),
  last_sample: at(secondsAgo),
  collectors,
  inventory: null,
});
const cpu = (secondsAgo: number, value: number): Sample => ({
  host: 'web-1',
  collector: 'cpu',
  ts: at(secondsAgo),
  interval_ms: 1000,
  metrics: { usage_percent: value },
});
const tile = (of: Host, samples: readonly Sample[] = []) => {
  const memory = new FleetMemory();
  for (const sample of samples) memory.add(sample);
  return tileOf(hostEntry(of, now), { memory, nowMs: now, asOfMs: now });
};
const figureOf = (shown: ReturnType<typeof tile>, key: string) => shown.figures.find((item) => item.key === key);

describe('tileOf', () => {
  it('shows the newest figures of a host that is live', () => {
    const shown = tile(host([collector('cpu')]), [cpu(1, 42)]);
    expect(shown).toMatchObject({ state: 'live', seen: 'now' });
    expect(figureOf(shown, 'cpu')).toMatchObject({ text: '42.0' });
  });

  it('waits for what is on its way', () => {
    expect(figureOf(tile(host([collector('cpu')])), 'cpu')?.text).toBeUndefined();
  });

  it('says why a figure is not known', () => {
    const shown = tile(host([collector('cpu'), collector('pressure', { status: 'unavailable', reason: 'PSI is off' })]), [cpu(1, 1)]);
    expect(figureOf(shown, 'pressure')).toMatchObject({ text: null, reason: 'PSI is off' });
    expect(figureOf(shown, 'ipc')).toMatchObject({ text: null, reason: 'The collector perf-events does not run on this host' });
  });

  it('shows no figure of a host that went away, as nobody knows it now', () => {
    const shown = tile(host([collector('cpu')], 180), [cpu(180, 42)]);
    expect(shown).toMatchObject({ state: 'stale', seen: '3 min ago' });
    expect(figureOf(shown, 'cpu')).toMatchObject({ text: null, reason: 'Last heard 3 min ago' });
  });

  it('shows no figure of a collector that stopped while the others go on', () => {
    const shown = tile(host([collector('cpu'), collector('memory', { last_sample: at(300) })]), [cpu(1, 42)]);
    expect(figureOf(shown, 'memory')).toMatchObject({ text: null, reason: 'The collector memory has sent nothing for 5 min' });
  });

  it('is live again with the first Sample', () => {
    expect(tile(host([collector('cpu')], 180), [cpu(0, 1)]).state).toBe('live');
  });
});

describe('withHostEvent', () => {
  it('takes over what a host says of itself between two lists', () => {
    const list = [host([collector('cpu')]), { ...host([collector('cpu')]), host: 'web-2' }];
    const status = { cpu: { status: 'error', reason: 'gone', last_sample: at(0) } };
    const [first, second] = withHostEvent(list, { host: 'web-2', inventory: { host: 'web-2', ts: at(0), tags: { env: 'dev' } }, status });
    expect(first).toBe(list[0]);
    expect(second).toMatchObject({
      inventory: { tags: { env: 'dev' } },
      collectors: [{ status: 'error', reason: 'gone', last_sample: at(1) }],
    });
  });
});
