import { parseProtocolCounters, parseSnmp6Counter, parseSockstat, type HostFs } from '@perfwatch/procfs';
import { CounterDeltas, roundMetric } from '@perfwatch/service-kit';
import { SockDiagError, type SockDiag } from '@perfwatch/perf-event';
import { countSockets, countWaitingSockets } from './count-sockets.ts';
import type { NetworkMetrics } from './declaration.ts';
import { SocketStates, type SocketCount } from './socket-states.ts';

/** Counts or counters by name; null where their file could not be read. */
type Counts = ReadonlyMap<string, number> | null;

const UDP6_ERRORS = 'Udp6InErrors';

/** What is missing where a file, or the count of sockets by state, cannot be had. */
const METRICS_BY_SOURCE = [
  ['snmp', ['tcp_established_count', 'tcp_retransmits_per_sec', 'udp_receive_errors_per_sec']],
  ['netstat', ['tcp_listen_drops_per_sec']],
  ['sockstat', ['tcp_time_wait_count', 'udp_count', 'connection_count']],
  ['states', ['tcp_established_count', 'tcp_close_wait_count', 'tcp_listen_count', 'tcp_time_wait_count']],
] as const satisfies readonly (readonly [string, readonly (keyof NetworkMetrics)[]])[];
/** The kernel sums CurrEstab over its CPUs without a lock: it can be a little below 0 for a moment, written as 64 bits without a sign. */
const NEGATIVE = 2 ** 63;

const parseSnmp = (text: string) => ({
  tcp: parseProtocolCounters(text, { protocol: 'Tcp', names: ['CurrEstab', 'RetransSegs'] }),
  udp: parseProtocolCounters(text, { protocol: 'Udp', names: ['InErrors'] }),
});
const parseNetstat = (text: string) => parseProtocolCounters(text, { protocol: 'TcpExt', names: ['ListenDrops'] });

export interface SocketReading {
  readonly metrics: NetworkMetrics;
  /** What this kernel does not have. */
  readonly unavailable: Record<string, string>;
  /** Why some of it is missing at this tick, or null. */
  readonly fault: string | null;
}

export interface SocketReaderOptions {
  readonly fs: HostFs;
  /** The network directory below /proc. */
  readonly directory: string;
  /** Null where the sockets are those of another network namespace than this process's. */
  readonly diag: SockDiag | null;
  readonly nowMs: () => number;
}

/** The sum of counts; null when one is not known. */
function sumOf(counts: readonly (number | null | undefined)[]): number | null {
  let sum = 0;
  for (const count of counts) {
    if (count === null || count === undefined) return null;
    sum += count;
  }
  return sum;
}

/** Reads snmp, netstat and sockstat once a tick, and counts sockets by state beside the ticks. */
export class SocketReader {
  readonly #fs: HostFs;
  readonly #directory: string;
  readonly #counters = new CounterDeltas();
  readonly #states: SocketStates;
  #diag: SockDiag | null;

  constructor({ fs, directory, diag, nowMs }: SocketReaderOptions) {
    this.#fs = fs;
    this.#directory = directory;
    this.#diag = diag;
    this.#states = new SocketStates({ nowMs, count: () => this.#count() });
  }

  read(elapsedMs: number | null): SocketReading {
    this.#states.tick();
    const snmp = this.#parse('snmp', parseSnmp);
    const netstat = this.#parse('netstat', parseNetstat);
    const sockets = this.#parse('sockstat', parseSockstat);
    const currEstab = snmp?.tcp.get('CurrEstab') ?? null;
    const established = currEstab !== null && currEstab >= NEGATIVE ? 0 : currEstab;
    const metrics = {
      ...this.#stateCounts(established, sockets),
      tcp_retransmits_per_sec: this.#perSec('retransmits', snmp?.tcp.get('RetransSegs'), elapsedMs),
      tcp_listen_drops_per_sec: this.#perSec('listen drops', netstat?.get('ListenDrops'), elapsedMs),
      udp_receive_errors_per_sec: this.#udpErrorsPerSec(snmp?.udp.get('InErrors'), elapsedMs),
    };
    this.#counters.endTick();
    const unavailable = {
      ...lackOf(snmp?.tcp ?? null, 'RetransSegs', 'tcp_retransmits_per_sec'),
      ...lackOf(snmp?.udp ?? null, 'InErrors', 'udp_receive_errors_per_sec'),
      ...lackOf(netstat, 'ListenDrops', 'tcp_listen_drops_per_sec'),
    };
    let fault: string | null = null;
    for (const [source, names] of METRICS_BY_SOURCE) {
      const why = source === 'states' ? (this.#states.last?.fault ?? null) : this.#faultOf(source);
      if (why === null) continue;
      fault ??= why;
      for (const name of names) if (metrics[name] === null) unavailable[name] ??= why;
    }
    return { metrics, unavailable, fault };
  }

  /** Gives up a count that is under way. */
  close(): void {
    this.#states.close();
  }

  *#count(): Generator<undefined, SocketCount> {
    const fs = this.#fs;
    const directory = this.#directory;
    const diag = this.#diag;
    if (diag !== null) {
      try {
        return yield* countWaitingSockets({ fs, directory, diag });
      } catch (error) {
        if (!(error instanceof SockDiagError)) throw error;
        // A kernel without it, or a sandbox that forbids it, will not have it later: the files tell the same at a higher price.
        if (error.isForGood) this.#diag = null;
      }
    }
    return yield* countSockets(fs, directory);
  }

  #stateCounts(open: number | null, sockets: Counts): NetworkMetrics {
    // CurrEstab is ESTABLISHED and CLOSE-WAIT (RFC 4022): what was counted of the latter a while ago cannot be more.
    if (open !== null && (this.#states.last?.states?.closeWait ?? 0) > open) this.#states.forget();
    const states = this.#states.last?.states ?? null;
    const closeWait = states === null ? null : Math.min(states.closeWait, open ?? Infinity);
    // IPv6 turned off: there is no file of it, and no socket.
    const sockets6 = this.#fs.parseProc(`${this.#directory}/sockstat6`, parseSockstat);
    const inUse6 = (field: string) => (sockets6 === null ? 0 : sockets6.get(field));
    const udp = sumOf([sockets?.get('UDP inuse'), inUse6('UDP6 inuse')]);
    return {
      tcp_established_count: closeWait === null || open === null ? (states?.established ?? null) : open - closeWait,
      tcp_time_wait_count: sockets?.get('TCP tw') ?? states?.timeWait ?? null,
      tcp_close_wait_count: closeWait,
      tcp_listen_count: states?.listen ?? null,
      udp_count: udp,
      connection_count: sumOf([sockets?.get('TCP inuse'), sockets?.get('TCP tw'), inUse6('TCP6 inuse'), udp]),
    };
  }

  #udpErrorsPerSec(errors: number | undefined, elapsedMs: number | null): number | null {
    const errors6 = this.#fs.parseProc(`${this.#directory}/snmp6`, (text) => parseSnmp6Counter(text, UDP6_ERRORS));
    const perSec = this.#perSec('udp errors', errors, elapsedMs);
    if (errors6 === null) return perSec;
    return roundMetric(sumOf([perSec, this.#perSec('udp6 errors', errors6, elapsedMs)]));
  }

  #perSec(key: string, value: number | undefined, elapsedMs: number | null): number | null {
    return roundMetric(this.#counters.perSec(key, value ?? null, elapsedMs));
  }

  #parse<T>(file: string, parse: (text: string) => T): T | null {
    return this.#fs.parseProc(`${this.#directory}/${file}`, parse);
  }

  #faultOf(file: string): string | null {
    return this.#fs.faultOfProc(`${this.#directory}/${file}`);
  }
}

/** Why a metric is missing where its file has no such counter. */
function lackOf(counters: Counts, counter: string, metric: keyof NetworkMetrics): Record<string, string> {
  return counters === null || counters.has(counter) ? {} : { [metric]: `This kernel does not count ${counter} in /proc/net` };
}
