#!/usr/bin/env node
// A collector for PerfWatch: sockets by protocol from /proc/net/sockstat, every second, with a catalog that says what they are.
// Usage: NATS_URL=nats://user:password@host:4222 node sockets.mjs [HOST]
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { connect, JSONCodec } from 'nats';

const INTERVAL_MS = 1000;
const CATALOG_EVERY_MS = 60_000;

if (process.env.NATS_URL === undefined) fail('Set NATS_URL to nats://user:password@host:4222');
const url = new URL(process.env.NATS_URL);
const host = (process.argv[2] ?? hostname()).replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 63);
const { encode } = JSONCodec();

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** `TCP: inuse 5 orphan 0 tw 2 alloc 9 mem 1` of each line as { TCP: { inuse: 5, ... } }. */
function readSockstat() {
  const lines = readFileSync('/proc/net/sockstat', 'utf8').trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const [protocol, ...words] = line.split(/:? /);
      const pairs = words.flatMap((word, index) => (index % 2 === 0 ? [[word, Number(words[index + 1])]] : []));
      return [protocol, Object.fromEntries(pairs)];
    }),
  );
}

function readMetrics() {
  const { sockets, TCP, UDP, RAW } = readSockstat();
  return {
    used_count: sockets?.used ?? null,
    protocol: {
      tcp: { in_use_count: TCP?.inuse ?? null, time_wait_count: TCP?.tw ?? null },
      udp: { in_use_count: UDP?.inuse ?? null },
      raw: { in_use_count: RAW?.inuse ?? null },
    },
  };
}

const gauge = (title, help) => ({ title, unit: 'count', kind: 'gauge', help, source: '/proc/net/sockstat' });
const catalog = () => ({
  host,
  collector: 'sockets',
  ts: new Date().toISOString(),
  title: 'Sockets',
  metrics: { used_count: gauge('Sockets', 'Sockets of every kind that are open') },
  dimensions: {
    protocol: {
      title: 'Protocol',
      metrics: {
        in_use_count: gauge('In use', 'IPv4 sockets in use'),
        time_wait_count: gauge('TIME_WAIT', 'Closed connections that are kept for a while; TCP only'),
      },
    },
  },
});

const connection = await connect({
  servers: url.host,
  user: decodeURIComponent(url.username),
  pass: decodeURIComponent(url.password),
  maxReconnectAttempts: -1,
}).catch((error) => fail(`Cannot connect to ${url.host}: ${error.message}`));

/** Publishing is answered only when it was refused. */
async function watchForRefusals() {
  for await (const { type, data, permissionContext: refused } of connection.status()) {
    if (type !== 'error') continue;
    fail(`${url.host} refused ${refused?.operation ?? 'it'} ${refused?.subject ?? ''}: ${data}. Check NATS_URL and the host's name.`);
  }
}
watchForRefusals();

const run = Date.now().toString(36);
let seq = 0;
let catalogDueMs = 0;

function tick(tickMs) {
  if (tickMs >= catalogDueMs) {
    connection.publish(`perfwatch.v1.catalog.${host}.sockets`, encode(catalog()));
    catalogDueMs = tickMs + CATALOG_EVERY_MS;
  }
  const ts = new Date(tickMs).toISOString();
  const sample = { host, collector: 'sockets', ts, run, seq, interval_ms: INTERVAL_MS, status: 'ok', metrics: readMetrics() };
  connection.publish(`perfwatch.v1.metrics.${host}.sockets`, encode(sample));
  seq += 1;
  waitForTick();
}

/** Until the next whole interval on the wall clock, even if the last wait ended a moment early. */
function waitForTick() {
  const tickMs = (Math.round(Date.now() / INTERVAL_MS) + 1) * INTERVAL_MS;
  setTimeout(() => tick(tickMs), tickMs - Date.now());
}
waitForTick();
