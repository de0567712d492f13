import { openSockDiag, SockDiagError, type SockDiag } from '@perfwatch/perf-event';
import { defineCollector, type Logger } from '@perfwatch/service-kit';
import { DIMENSIONS, METRICS } from './declaration.ts';
import { NetworkReader } from './network-reader.ts';

/** What counts the sockets of this process's own network namespace; null where it does not load, and files are read instead. */
function sockDiagOrNull(log: Logger): SockDiag | null {
  try {
    return openSockDiag();
  } catch (error) {
    if (!(error instanceof SockDiagError)) throw error;
    log.warn({ err: error }, 'counts sockets from /proc/net/tcp');
    return null;
  }
}

/** Traffic of the interfaces, and sockets by state, of the monitored machine's network namespace. */
export const networkCollector = defineCollector({
  name: 'network',
  title: 'Network',
  help: 'What the network interfaces of this machine carry, and its connections by state',
  metrics: METRICS,
  dimensions: DIMENSIONS,
  open: ({ fs, log }) => new NetworkReader({ fs, diag: fs.isOwnProc ? sockDiagOrNull(log) : null, nowMs: () => performance.now() }),
});
