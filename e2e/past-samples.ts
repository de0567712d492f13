import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { natsOptions } from '@perfwatch/bus';
import { subjects, type Metrics } from '@perfwatch/contract';
import { connect } from 'nats';
import { z } from 'zod';
import type { RunningSystem } from './running-system.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const STORED_DEADLINE_MS = 60_000;
const POLL_MS = 200;
const run = promisify(execFile);
const countSchema = z.object({ count: z.number() });

/** A machine that works by day: what two of its collectors said, each minute of the last `hours`, 160 at the most. */
export interface PastSamples {
  host: string;
  hours: number;
}

const thousandth = (value: number) => Math.round(value * 1000) / 1000;

function metricsAt(tsMs: number): Record<string, Metrics> {
  const wave = Math.sin((2 * Math.PI * tsMs) / (24 * HOUR_MS));
  const ripple = Math.sin(tsMs / (7 * MINUTE_MS));
  const user = thousandth(40 + 30 * wave + 8 * ripple);
  const used = Math.round((6 + 2 * wave) * 2 ** 30);
  return {
    cpu: {
      usage_percent: thousandth(user + 5),
      user_percent: user,
      system_percent: 5,
      idle_percent: thousandth(95 - user),
      load_1m: thousandth(2 + wave),
    },
    memory: { total_bytes: 2 ** 34, used_bytes: used, available_bytes: 2 ** 34 - used, usage_percent: thousandth((100 * used) / 2 ** 34) },
  };
}

/** Publishes them as a collector of that host would, with credentials made for it, and waits until they are stored. */
export async function publishPast(system: RunningSystem, { host, hours }: PastSamples): Promise<void> {
  const args = ['services/launcher/src/main.ts', 'credentials', 'create', 'collector', '--host', host];
  const { stdout } = await run(process.execPath, args, { cwd: ROOT, env: { ...process.env, PERFWATCH_DATA_DIR: system.dataDir } });
  const connection = await connect(natsOptions({ servers: /nats:\/\/\S+/.exec(stdout)?.[0] ?? '', name: 'e2e' }));
  const endMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  let seq = 0;
  for (let tsMs = endMs - hours * HOUR_MS; tsMs < endMs; tsMs += MINUTE_MS, seq += 1) {
    for (const [collector, metrics] of Object.entries(metricsAt(tsMs))) {
      const sample = { host, collector, ts: new Date(tsMs).toISOString(), run: 'past', seq, interval_ms: MINUTE_MS, metrics };
      connection.publish(subjects.metrics(host, collector), JSON.stringify(sample));
    }
  }
  await connection.drain();
  const query = new URLSearchParams({
    host,
    metric_type: 'memory',
    interval: 'raw',
    limit: '10000',
    start_time: new Date(0).toISOString(),
  });
  const stored = async () => countSchema.parse(await system.get(`/api/history/metrics?${query.toString()}`)).count;
  const deadlineMs = performance.now() + STORED_DEADLINE_MS;
  while ((await stored()) < seq) {
    if (performance.now() > deadlineMs) throw new Error(`not all Samples of ${host} were stored in time`);
    await delay(POLL_MS);
  }
}
