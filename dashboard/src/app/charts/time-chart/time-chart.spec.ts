import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readChartTheme } from '../../theme/chart-theme.ts';
import { bandShapes } from './band-shapes.ts';
import { ChartGestures, WheelZoom } from './chart-gestures.ts';
import { momentAt, panRange, rangeBetween, shareOf, zoomRange } from './move-range.ts';
import { rangeWords } from './range-words.ts';
import { isSameShape, shapeOf, timeMerge, timeOptions, valueScale } from './time-options.ts';
import { pointAt, type TimeChartSpec, type TimePoint } from './time-series.ts';
import { offsetOf, timeTicks } from './time-ticks.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const theme = readChartTheme((token) => (token === '--fill' ? '0.6' : token));
const points: readonly TimePoint[] = [
  [0, 10, 5, 20],
  [1000, 30, 25, 60],
  [2000, null, null, null],
  [3000, 40, 40, 40],
];
const spec: TimeChartSpec = {
  label: 'CPU',
  unit: 'percent',
  series: [{ key: 'a', title: 'Busy', unit: 'percent', colour: 'blue', points }],
};
const frame = { range: { fromMs: 0, toMs: 4000 }, bands: true, ticks: [], tickText: String, theme };
const ranges = fc
  .record({ fromMs: fc.integer({ min: 0, max: 2e12 }), lengthMs: fc.integer({ min: 10_000, max: 10 * DAY }) })
  .map(({ fromMs, lengthMs }) => ({ fromMs, toMs: fromMs + lengthMs }));

describe('pointAt', () => {
  it('takes the nearest point, gaps included, and none that is too far away', () => {
    expect(pointAt(points, 1400, 1000)).toBe(points[1]);
    expect(pointAt(points, 1900, 1000)).toBe(points[2]);
    expect(pointAt(points, 9000, 1000)).toBeNull();
    expect(pointAt([], 0, 1000)).toBeNull();
  });

  it('is as good as a search through all', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1 }), fc.integer({ min: 0, max: 1000 }), (times, atMs) => {
        const sorted = times.sort((a, b) => a - b).map((timeMs): TimePoint => [timeMs, 1, 1, 1]);
        const nearest = Math.min(...sorted.map(([timeMs]) => Math.abs(timeMs - atMs)));
        expect(Math.abs((pointAt(sorted, atMs, Infinity)?.[0] ?? NaN) - atMs)).toBe(nearest);
      }),
    );
  });
});

describe('moving a range', () => {
  it('keeps the moment it zooms around where it is', () => {
    fc.assert(
      fc.property(
        ranges,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        (range, share, factor) => {
          const aroundMs = momentAt(share, range);
          const zoomed = zoomRange(range, factor, aroundMs);
          expect(Math.abs(shareOf(aroundMs, zoomed) - share)).toBeLessThan(1e-3);
        },
      ),
    );
  });

  it('comes back where it was when it is panned there and back', () => {
    fc.assert(
      fc.property(ranges, (range) => {
        expect(panRange(panRange(range, 0.25), -0.25)).toEqual(range);
      }),
    );
  });

  it('never becomes too short to hold samples', () => {
    expect(rangeBetween({ fromMs: 0, toMs: 100_000 }, [0.5, 0.5])).toEqual({ fromMs: 50_000, toMs: 52_000 });
    expect(rangeBetween({ fromMs: 0, toMs: 100_000 }, [0.9, 0.1])).toEqual({ fromMs: 10_000, toMs: 90_000 });
  });
});

describe('timeTicks', () => {
  const utc = offsetOf('UTC');

  it('gives round moments that fit, and tells where a day begins', () => {
    const fromMs = Date.UTC(2026, 10, 24, 20);
    const ticks = timeTicks({ fromMs, toMs: fromMs + 8 * HOUR }, { width: 800, offset: utc });
    expect(ticks.map(({ timeMs }) => new Date(timeMs).getUTCHours())).toEqual([21, 22, 23, 0, 1, 2, 3]);
    expect(ticks.filter(({ isDay }) => isDay).map(({ timeMs }) => timeMs)).toEqual([Date.UTC(2026, 10, 25)]);
  });

  it('is round in a zone that is half an hour off', () => {
    const ticks = timeTicks({ fromMs: 0, toMs: 12 * HOUR }, { width: 800, offset: () => 5.5 * HOUR });
    expect(ticks.every(({ timeMs }) => (timeMs + 5.5 * HOUR) % HOUR === 0)).toBe(true);
  });

  it('keeps days round over a change of the clocks', () => {
    const changeMs = Date.UTC(2026, 9, 25, 1);
    const berlin = (timeMs: number) => (timeMs < changeMs ? 2 : 1) * HOUR;
    const ticks = timeTicks({ fromMs: Date.UTC(2026, 9, 22), toMs: Date.UTC(2026, 9, 29) }, { width: 900, offset: berlin });
    expect(ticks.every(({ timeMs, isDay }) => isDay && (timeMs + berlin(timeMs)) % DAY === 0)).toBe(true);
  });

  it('never gives more than there is room for', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 0, max: 3000 }), (range, width) => {
        expect(timeTicks(range, { width, offset: utc }).length).toBeLessThanOrEqual(Math.ceil(width / 84));
      }),
    );
  });
});

describe('rangeWords', () => {
  const clock = {
    date: (timeMs: number) => `day ${Math.floor(timeMs / DAY)}`,
    moment: (timeMs: number) => `day ${Math.floor(timeMs / DAY)}, ${timeMs % DAY}`,
    seconds: (timeMs: number) => String(timeMs % DAY),
  };

  it('tells the day once where it is one', () => {
    expect(rangeWords({ fromMs: DAY, toMs: DAY + 5 }, clock)).toBe('day 1, 0 – 5');
    expect(rangeWords({ fromMs: DAY, toMs: 2 * DAY }, clock)).toBe('day 1, 0 – day 2, 0');
  });
});

describe('bandShapes', () => {
  it('goes along the maxima and back along the minima of each stretch, and dots a point alone', () => {
    const { bands, dots } = bandShapes(points, (timeMs, value) => [timeMs, value]);
    expect(bands).toEqual([
      [
        [0, 20],
        [1000, 60],
        [1000, 25],
        [0, 5],
      ],
    ]);
    expect(dots).toEqual([[3000, 40]]);
  });
});

describe('options of a time chart', () => {
  it('draws a band behind each line', () => {
    expect(timeOptions(shapeOf(spec), theme)).toMatchObject({
      animation: false,
      series: [
        { type: 'custom', z: 1 },
        { type: 'line', z: 2, connectNulls: false },
      ],
    });
  });

  it('is made anew for another line, not for other data', () => {
    const [first] = spec.series;
    if (first === undefined) throw new Error('the chart has a line');
    expect(isSameShape(shapeOf(spec), shapeOf({ ...spec, series: [{ ...first, points: [] }] }))).toBe(true);
    expect(isSameShape(shapeOf(spec), shapeOf({ ...spec, series: [{ ...first, key: 'b' }] }))).toBe(false);
  });

  it('ends the axis above the maxima, or above the means where no band is drawn', () => {
    expect(valueScale(points, { unit: 'percent', bands: true }).max).toBe(75);
    expect(valueScale(points, { unit: 'percent', bands: false }).max).toBe(50);
  });

  it('draws what is in the range and one point on each side of it', () => {
    const many = {
      ...spec,
      series: spec.series.map((series) => ({ ...series, points: [0, 1, 2, 3, 4, 5].map((at): TimePoint => [at * 1000, at, at, at]) })),
    };
    const merge = timeMerge(many, { ...frame, range: { fromMs: 1500, toMs: 3500 } });
    expect(merge).toMatchObject({
      series: [
        {},
        {
          data: [
            [1000, 1],
            [2000, 2],
            [3000, 3],
            [4000, 4],
          ],
        },
      ],
    });
  });
});

describe('ChartGestures', () => {
  const plot = { width: 100, range: { fromMs: 0, toMs: 100_000 } };

  it('zooms to what a mouse brushed, in either direction', () => {
    const gestures = new ChartGestures();
    gestures.down({ id: 1, x: 80, pans: false }, plot);
    expect(gestures.move({ id: 1, x: 50 }, plot)).toEqual({ kind: 'brush', shares: [0.8, 0.5] });
    expect(gestures.up({ id: 1, x: 20 }, plot)).toEqual({ kind: 'zoomed', range: { fromMs: 20_000, toMs: 80_000, isMoving: false } });
  });

  it('takes a brush of a few pixels for a click', () => {
    const gestures = new ChartGestures();
    gestures.down({ id: 1, x: 50, pans: false }, plot);
    expect(gestures.up({ id: 1, x: 52 }, plot)).toEqual({ kind: 'nothing' });
  });

  it('pans with the hand', () => {
    const gestures = new ChartGestures();
    gestures.down({ id: 1, x: 50, pans: true }, plot);
    expect(gestures.move({ id: 1, x: 60 }, plot)).toEqual({ kind: 'panned', range: { fromMs: -10_000, toMs: 90_000, isMoving: true } });
  });

  it('zooms out when two fingers come together', () => {
    const gestures = new ChartGestures();
    gestures.down({ id: 1, x: 20, pans: true }, plot);
    gestures.down({ id: 2, x: 80, pans: true }, plot);
    gestures.move({ id: 1, x: 35 }, plot);
    expect(gestures.move({ id: 2, x: 65 }, plot)).toEqual({ kind: 'zoomed', range: { fromMs: -50_000, toMs: 150_000, isMoving: true } });
  });
});

describe('WheelZoom', () => {
  const view = { range: { fromMs: 0, toMs: 100_000 }, share: 0.5 };
  const turn = { deltaX: 0, deltaY: -100, atMs: 10_000, isShift: false };

  it('zooms in around the pointer, and pans sideways', () => {
    expect(new WheelZoom().turned(turn, view)).toEqual({ fromMs: 10_000, toMs: 90_000, isMoving: true });
    expect(new WheelZoom().turned({ ...turn, deltaX: 80, deltaY: 0 }, view)).toEqual({ fromMs: 10_000, toMs: 110_000, isMoving: true });
  });

  it('lets a page that scrolls go on, until the wheel has rested', () => {
    const wheel = new WheelZoom();
    wheel.scrolled(9900);
    expect(wheel.turned(turn, view)).toBeNull();
    expect(wheel.turned({ ...turn, atMs: 10_300 }, view)).toBeNull();
    expect(wheel.turned({ ...turn, atMs: 11_000 }, view)).not.toBeNull();
  });
});
