import { ALL_PUBLIC_SUBJECTS } from '@perfwatch/contract';
import { readRunFile } from '@perfwatch/testing';
import { connect } from 'nats';
import { z } from 'zod';
import type { RunningSystem } from '../e2e/running-system.ts';
import { WebsocketViewer } from '../gateway/test/websocket-viewer.ts';
import { runClients } from './client-process.ts';
import { measureLiveFanOut, type LiveFanOutOptions } from './live-fanout.ts';
import { percentile } from './process-cost.ts';
import { milliseconds, type Figure } from './table.ts';

const SECONDS = 30;
const runFileSchema = z.object({ nats: z.object({ url: z.string(), embedded: z.object({ pid: z.number() }) }) });
const SENT_MS = /"sent_ms":([\d.]+)/;

/** The yardstick: a plain NATS client that hears the same Samples, without gateway and Socket.IO. */
async function openNatsClient(url: string, onSample: (sentMs: number) => void): Promise<{ close: () => void }> {
  const connection = await connect({ servers: url });
  const decoder = new TextDecoder();
  connection.subscribe(ALL_PUBLIC_SUBJECTS, {
    callback: (_error, message) => {
      const sentMs = SENT_MS.exec(decoder.decode(message.data))?.[1];
      if (sentMs !== undefined) onSample(Number(sentMs));
    },
  });
  return { close: () => void connection.close() };
}

/** From the tick to the browser with one viewer; from publishing to 200 viewers, against 200 plain NATS clients in the same run. */
export async function measureLive(system: RunningSystem): Promise<Figure[]> {
  const token = await system.token();
  const { nats } = runFileSchema.parse(readRunFile(system.dataDir));
  const one = await runClients('viewers.ts', { args: [system.url, '1', String(SECONDS)], input: token });
  const common = { natsUrl: nats.url, ticks: SECONDS } satisfies Partial<LiveFanOutOptions>;
  const bare = await measureLiveFanOut({
    ...common,
    serverPid: nats.embedded.pid,
    open: (onSample) => openNatsClient(system.natsUrl, onSample),
  });
  const many = await measureLiveFanOut({
    ...common,
    serverPid: system.pidOf('server'),
    open: (onSample) => WebsocketViewer.open({ url: system.url, token, onSample }),
  });
  const [p50, p99] = [percentile(one, 0.5), percentile(one, 0.99)];
  const ratio = (many.p99Ms / bare.p99Ms).toFixed(1);
  return [
    {
      name: 'tick to Socket.IO client, one viewer',
      measured: `p99 ${milliseconds(p99)}, p50 ${milliseconds(p50)}`,
      target: 'p99 under 15 ms (the original: 21, p50 12)',
      holds: p99 < 15,
    },
    {
      name: `publish to 200 viewers, 1 Hz, ${many.lost} of ${many.deliveries + many.lost} lost`,
      measured: `p99 ${milliseconds(many.p99Ms)}, p50 ${milliseconds(many.p50Ms)}; ${ratio} times 200 bare NATS clients (p99 ${milliseconds(bare.p99Ms)})`,
      target: 'p99 under 25 ms (the original: 45 to 86)',
      holds: many.p99Ms < 25 && many.lost === 0,
    },
    {
      name: 'server CPU per delivery, 200 viewers',
      measured: `${many.cpuMicrosPerDelivery.toFixed(0)} µs`,
      target: 'under 60 µs (the original: 180 to 260)',
      holds: many.cpuMicrosPerDelivery < 60,
    },
  ];
}
