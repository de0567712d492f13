import type { Readiness, SystemReply } from '@perfwatch/contract';
import { readVersion, type ClusterProcess, type ClusterState, type ServiceReplica } from '@perfwatch/service-kit';
import type { HttpDependencies } from './server.ts';

/** However many watch: the cluster is asked once in this time. */
const FRESH_MS = 2000;
/** Processes that are asked; agents of a large fleet beyond are counted. */
const MAX_PROCESSES = 100;
const MAX_REPLICAS = 100;

export interface SystemReportOptions extends Pick<HttpDependencies, 'cluster' | 'streamState'> {
  readiness: () => Promise<Readiness>;
}

type Service = SystemReply['services'][number];

/** Each service with its replicas: up while any of them is; of the reasons, that of the first which has one. */
function servicesOf(replicas: readonly ServiceReplica[]): Service[] {
  return [...Map.groupBy(replicas, ({ name }) => name)]
    .map(([name, own]) => ({
      name,
      up: own.some(({ up }) => up),
      reason: own.find(({ reason }) => reason !== null)?.reason ?? null,
      replicas: own.slice(0, MAX_REPLICAS).map(({ nodeId, up, reason }) => ({ node: nodeId, up, reason })),
      replica_count: own.length,
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

const processOf = (state: ClusterProcess): SystemReply['processes'][number] => ({
  node: state.nodeId,
  name: state.name,
  host: state.host,
  version: state.version,
  node_version: state.nodeVersion,
  started_at: new Date(state.startedAtMs).toISOString(),
  cpu_percent: state.cpuPercent,
  rss_bytes: state.rssBytes,
  queued_samples: state.queuedSamples,
  dropped_samples: state.droppedSamples,
  invalid_messages: state.invalidMessages,
  database: state.database,
});

/** What is there where the cluster cannot be asked, as while NATS is away. */
const NOTHING: ClusterState = { replicas: [], processes: [], processCount: 0 };

/** Tells what PerfWatch is made of and how it is; asks the cluster at most every two seconds. */
export function createSystemReport(options: SystemReportOptions): () => Promise<SystemReply> {
  const { cluster, streamState, readiness } = options;
  const version = readVersion();
  let latest: { atMs: number; reply: Promise<SystemReply> } | null = null;

  const ask = async (): Promise<SystemReply> => {
    const [state, stream, ready] = await Promise.all([
      cluster({ maxProcesses: MAX_PROCESSES }).catch(() => NOTHING),
      streamState(),
      readiness(),
    ]);
    const processes = state.processes.map(processOf);
    return {
      version,
      started_at: new Date(Math.round(performance.timeOrigin)).toISOString(),
      readiness: ready,
      services: servicesOf(state.replicas),
      processes: processes.toSorted((a, b) => a.host.localeCompare(b.host) || a.name.localeCompare(b.name)),
      process_count: state.processCount,
      stream:
        stream === null
          ? null
          : {
              samples: stream.messages,
              bytes: stream.bytes,
              max_bytes: stream.maxBytes,
              oldest: stream.oldestMs === null ? null : new Date(stream.oldestMs).toISOString(),
            },
    };
  };

  return () => {
    const nowMs = performance.now();
    if (latest === null || nowMs - latest.atMs > FRESH_MS) latest = { atMs: nowMs, reply: ask() };
    return latest.reply;
  };
}
