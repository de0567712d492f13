import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OWN_FAMILIES, familyNameOf } from '@perfwatch/gateway';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { allCollectors } from '../../../tools/collector-docs.ts';

const text = readFileSync(join(import.meta.dirname, 'perfwatch.json'), 'utf8');
const gridSchema = z.object({ h: z.number(), w: z.number(), x: z.number(), y: z.number() });
const dashboardSchema = z.object({
  templating: z.object({ list: z.array(z.object({ name: z.string() })) }),
  panels: z.array(
    z.object({ id: z.number(), title: z.string(), gridPos: gridSchema, targets: z.array(z.object({ expr: z.string() })).optional() }),
  ),
});
const { panels, templating } = dashboardSchema.parse(JSON.parse(text));

/** Every series that /metrics has where nothing is missing. */
const names = new Set([
  ...Object.entries(OWN_FAMILIES).map(([name, { type }]) => (type === 'counter' ? `${name}_total` : name)),
  ...(await allCollectors()).flatMap(({ name: collector, metrics, dimensions }) => [
    ...Object.keys(metrics).map((metric) => familyNameOf({ collector, metric }).name),
    ...Object.entries(dimensions).flatMap(([dimension, { metrics: own }]) =>
      Object.keys(own).map((metric) => familyNameOf({ collector, dimension, metric }).name),
    ),
  ]),
]);

describe('the dashboard for Grafana', () => {
  const expressions = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));

  it.each(expressions)('names metrics that /metrics has: $title, $expr', ({ expr }) => {
    const used = expr.match(/\bperfwatch_\w+/g) ?? [];
    expect(used).not.toEqual([]);
    expect(used.filter((name) => !names.has(name))).toEqual([]);
  });

  it('uses no variable that it does not have', () => {
    const known = new Set(templating.list.map(({ name }) => name));
    const used = [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name).filter((name) => !name.startsWith('__'));
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  it('has every panel once, in a place of its own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { h, w, x, y } }) =>
      Array.from({ length: h * w }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});
