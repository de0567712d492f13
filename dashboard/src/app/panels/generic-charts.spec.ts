import { describe, expect, it } from 'vitest';
import { describeCollector } from '../catalog/describe.ts';
import { absences, genericCharts } from './generic-charts.ts';

const metric = (title: string, unit: 'count' | 'per_sec', unavailable: string | null = null) =>
  ({ title, unit, kind: 'gauge', unavailable }) as const;
const info = describeCollector(
  'mail',
  {
    host: 'web-1',
    collector: 'mail',
    ts: '2026-11-23T19:20:31.000Z',
    title: 'Mail queue',
    metrics: {
      waiting_count: metric('Waiting', 'count'),
      sent_per_sec: metric('Sent', 'per_sec'),
      bounced_per_sec: metric('Bounced', 'per_sec'),
      lost_per_sec: metric('Lost', 'per_sec', 'The relay does not say'),
      late_count: metric('Late', 'count', 'No clock'),
      deferred_per_sec: metric('Deferred', 'per_sec', 'The relay does not say'),
    },
  },
  null,
);

describe('genericCharts', () => {
  it('draws a chart per unit, named after its metric when it is alone', () => {
    expect(genericCharts(info).map(({ title, spec }) => [title, spec.unit, spec.series.map((series) => series.title)])).toEqual([
      ['Waiting', 'count', ['Waiting']],
      ['Per second', 'per_sec', ['Sent', 'Bounced']],
    ]);
  });

  it('gives the lines of a chart different colours, and the chart words for those who do not see it', () => {
    const [, rates] = genericCharts(info);
    expect(new Set(rates?.spec.series.map(({ colour }) => colour)).size).toBe(2);
    expect(rates?.spec.label).toBe('Mail queue: Sent, Bounced');
  });

  it('leaves what the host does not have to be explained, each reason once', () => {
    expect(absences(info)).toEqual([
      { reason: 'The relay does not say', titles: ['Lost', 'Deferred'] },
      { reason: 'No clock', titles: ['Late'] },
    ]);
  });
});
