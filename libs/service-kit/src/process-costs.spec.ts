import type { Bus } from '@perfwatch/bus';
import { expect, it, vi } from 'vitest';
import { ProcessCosts, processCostSchema, type ProcessCost } from './process-costs.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function reporting() {
  const reports: ProcessCost[] = [];
  const bus: Pick<Bus, 'counters' | 'publish'> = {
    counters: () => ({ queuedSamples: 0, droppedSamples: 0, droppedSamplesByCollector: {}, invalidMessages: 0 }),
    publish: (_subject, report) => void reports.push(processCostSchema.parse(report)),
  };
  const costs = new ProcessCosts({ process: 'collectors', host: 'web-1', bus: bus as Bus });
  const tick = async () => {
    costs.record({ collector: 'cpu', collectMs: 1, skippedTicks: 0, lateMs: 0 });
    await turn();
  };
  return { reports, tick };
}

/** Keeps the CPU busy for so long. */
function work(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

it('measures CPU use from tick to tick, however many turns of the event loop a tick takes', async () => {
  const { reports, tick } = reporting();
  work(60);
  await tick();
  await new Promise((resolve) => setTimeout(resolve, 120));
  await tick();
  work(5);
  await tick();
  const [first, second, third] = reports;
  expect(first?.cpu_percent).toBeNull();
  expect(second?.cpu_percent).toBeLessThan(60);
  expect(third?.cpu_percent, 'the same tick, not the five busy milliseconds within it').toBe(second?.cpu_percent);
});

it('reports no size where no descriptor is left to read it with', async () => {
  const { reports, tick } = reporting();
  using rss = vi.spyOn(process.memoryUsage, 'rss').mockImplementation(() => {
    throw new Error('EMFILE: too many open files, uv_resident_set_memory');
  });
  await tick();
  expect(rss).toHaveBeenCalled();
  expect(reports[0]?.rss_bytes).toBeNull();
});
