import { internalSubjects } from '@perfwatch/contract';
import { defineCollector, processCostSchema, roundMetric, type CollectorDefinition } from '@perfwatch/service-kit';
import { CostLedger, type HostCosts } from './cost-ledger.ts';
import { DIMENSIONS } from './declaration.ts';
import { InventoryAgent } from './inventory-agent.ts';

function declarePerfwatch(costs: () => HostCosts): CollectorDefinition {
  return defineCollector({
    name: 'perfwatch',
    title: 'PerfWatch itself',
    help: 'What watching this machine costs it: each collector and each process of PerfWatch on this host that runs collectors',
    metrics: {},
    dimensions: DIMENSIONS,
    open: () => ({
      read() {
        const { collectors, processes } = costs();
        return {
          metrics: {
            collector: Object.fromEntries(collectors.map(([name, cost]) => [name, { ...cost, collect_ms: roundMetric(cost.collect_ms) }])),
            process: Object.fromEntries(
              processes.map(([name, { cpu_percent, rss_bytes, event_loop_delay_ms }]) => [
                name,
                { cpu_percent: roundMetric(cpu_percent), rss_bytes, event_loop_delay_ms: roundMetric(event_loop_delay_ms) },
              ]),
            ),
          },
        };
      },
    }),
  });
}

/** PerfWatch's own cost as a Sample, and the agent of this host: publishes what the machine is. */
export const perfwatchCollector: CollectorDefinition = {
  ...declarePerfwatch(() => ({ collectors: [], processes: [] })),
  async start(context) {
    const ledger = new CostLedger(() => performance.now());
    const reports = context.bus.subscribe(internalSubjects.cost(context.config.hostId), processCostSchema, (cost) => ledger.note(cost));
    const collector = await declarePerfwatch(() => ledger.current()).start(context);
    const agent = new InventoryAgent(context);
    const stop = async (): Promise<void> => {
      await Promise.all([reports.stop(), agent.stop(), collector.stop()]);
    };
    return { ...collector, stop };
  },
};
