import { AGGREGATES, setMetricAt, type MetricPath, type Metrics } from '@perfwatch/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PageText } from './page-text.ts';
import { PointWriter, type PointProgress } from './point-writer.ts';
import { RawWindow, type SeriesWindow } from './series-window.ts';

const ROW: readonly (readonly [MetricPath, number | null | undefined])[] = [
  [{ metric: 'b_count' }, 2],
  [{ dimension: 'core', instance: '10', metric: 'x_percent' }, 1.5],
  [{ dimension: 'core', instance: '9', metric: 'x_percent' }, undefined],
  [{ dimension: 'core', instance: '9', metric: 'y_percent' }, null],
  [{ metric: 'core' }, 7],
  [{ metric: 'mount' }, 8],
  [{ dimension: 'mount', instance: 'a"b\\', metric: 'x_bytes' }, undefined],
  [{ dimension: 'constructor', instance: 'toString', metric: 'z_count' }, 5e-324],
];

function windowOf(row: typeof ROW): SeriesWindow {
  const columns = row.map(([, leaf]) => ({
    values: Float64Array.of(leaf ?? NaN),
    states: Uint8Array.of(leaf === undefined ? 0 : leaf === null ? 1 : 2),
  }));
  return new RawWindow(0, { times: Float64Array.of(0), paths: row.map(([path]) => path), columns, resolution: 'raw', readToMs: 1 });
}

/** Pages of so many bytes each. */
function written(window: SeriesWindow, { pageBytes, aggregates }: { pageBytes: number; aggregates: readonly ('avg' | 'min' | 'max')[] }) {
  let text = '';
  for (let progress: PointProgress | null = null; ;) {
    const page = new PageText(pageBytes);
    progress = new PointWriter(page, aggregates).write({ window, point: 0, progress });
    text += page.text;
    if (progress === null) return JSON.parse(text) as unknown;
  }
}

const EXPECTED = {
  b_count: 2,
  mount: 8,
  core: { '10': { x_percent: 1.5 }, '9': { y_percent: null } },
  constructor: { toString: { z_count: 5e-324 } },
};

describe('PointWriter', () => {
  it.each([1, 20, 1000])('writes a point as nested objects in pages of %d bytes, a dimension before a metric of its name', (pageBytes) => {
    expect(written(windowOf(ROW), { pageBytes, aggregates: ['avg'] })).toEqual(EXPECTED);
    expect(written(windowOf(ROW), { pageBytes, aggregates: AGGREGATES })).toEqual({ avg: EXPECTED, min: EXPECTED, max: EXPECTED });
    expect(written(windowOf([]), { pageBytes, aggregates: ['avg', 'min'] })).toEqual({ avg: {}, min: {} });
  });

  it('writes what any metrics are, wherever pages end', () => {
    const name = fc.constantFrom('a_count', 'b_count', 'toString');
    const path = fc.oneof(
      fc.record({ metric: name }),
      fc.record({ metric: name, dimension: fc.constantFrom('p', 'q'), instance: fc.string({ minLength: 1 }) }),
    );
    const row = fc.uniqueArray(fc.tuple(path, fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null })), {
      selector: ([at]) => JSON.stringify([at.metric, at]),
    });
    fc.assert(
      fc.property(row, fc.integer({ min: 1, max: 200 }), (leaves, pageBytes) => {
        fc.pre(leaves.every(([at]) => !('instance' in at) || at.instance !== '__proto__'));
        const expected: Metrics = {};
        // -0 is 0 in JSON.
        for (const [at, leaf] of leaves) setMetricAt(expected, at, leaf === null ? null : leaf + 0);
        expect(written(windowOf(leaves), { pageBytes, aggregates: ['avg'] })).toEqual(expected);
      }),
    );
  });
});
