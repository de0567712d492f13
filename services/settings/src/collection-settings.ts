import { PerfwatchError, configSchema, defaultPerfEvents, overlayPerfEvents, type Config, type ConfigUpdate } from '@perfwatch/contract';

/** Hosts with settings of their own. */
export const MAX_HOSTS = 1000;
/** Collectors named in the defaults, and in each host's own settings. */
export const MAX_COLLECTORS = 200;
/** The whole document in JSON: it travels in one message on a bus that carries 1 MiB, and to every browser. */
export const MAX_DOCUMENT_BYTES = 256 * 1024;

/** What a host has of its own. */
type OwnSettings = Config['hosts'][string];

/** Every host at `intervalMs`, every collector on, every event counted. */
export function initialConfig(intervalMs: number): Config {
  return { interval_ms: intervalMs, collectors: {}, perf_events: defaultPerfEvents(), hosts: {}, updated_at: null };
}

/** The stored document. Throws PerfwatchError('internal') when it is not one this version understands. */
export function parseConfig(document: unknown): Config {
  const result = configSchema.safeParse(document);
  if (result.success) return result.data;
  throw new PerfwatchError('internal', 'The stored settings cannot be read by this version of PerfWatch', {
    hint: 'Start the version that wrote them, or delete the row "collection" of the table "setting" to begin with the defaults',
    cause: result.error,
  });
}

type Collectors = Config['collectors'];

/** `current` with `update` laid over it; what is null there is taken out. */
function overlayCollectors(current: Collectors = {}, update: ConfigUpdate['collectors'] = {}): Collectors {
  const all: NonNullable<ConfigUpdate['collectors']> = { ...current, ...update };
  return Object.fromEntries(Object.entries(all).flatMap(([name, own]) => (own === null ? [] : [[name, own]])));
}

/** What a host has of its own after the update: nothing that neither names, so that the defaults go on counting for the rest. */
function ownSettings(current: OwnSettings, update: ConfigUpdate): OwnSettings {
  const { interval_ms = current.interval_ms ?? null } = update;
  const collectors = overlayCollectors(current.collectors, update.collectors);
  const perf_events = update.perf_events === null ? {} : { ...current.perf_events, ...update.perf_events };
  return {
    ...(interval_ms === null ? {} : { interval_ms }),
    ...(Object.keys(collectors).length === 0 ? {} : { collectors }),
    ...(Object.keys(perf_events).length === 0 ? {} : { perf_events }),
  };
}

/** Every host that has settings of its own, after `host` was given `own`: none is kept that has nothing left. */
function hostsWith(hosts: Config['hosts'], host: string, own: OwnSettings): Config['hosts'] {
  const { [host]: _before, ...others } = hosts;
  return Object.keys(own).length === 0 ? others : { ...others, [host]: own };
}

/** Always later than the last one, so that whoever hears of two changes in the wrong order can tell. */
function laterThan(previous: string | null, nowMs: number): string {
  const previousMs = previous === null ? Number.NEGATIVE_INFINITY : Date.parse(previous);
  return new Date(Math.max(nowMs, previousMs + 1)).toISOString();
}

function tooMuch(message: string): PerfwatchError {
  return new PerfwatchError('bad_input', `settings: ${message}`, { issues: [{ path: '', message }] });
}

function checkBounds(config: Config): Config {
  const hosts = Object.values(config.hosts);
  if (hosts.length > MAX_HOSTS) throw tooMuch(`at most ${MAX_HOSTS} hosts may have settings of their own`);
  const mostCollectors = Math.max(...[config, ...hosts].map(({ collectors = {} }) => Object.keys(collectors).length));
  if (mostCollectors > MAX_COLLECTORS) throw tooMuch(`at most ${MAX_COLLECTORS} collectors may be named`);
  if (Buffer.byteLength(JSON.stringify(config)) > MAX_DOCUMENT_BYTES) throw tooMuch(`may take at most ${MAX_DOCUMENT_BYTES / 1024} KiB`);
  return config;
}

/** `config` with the update laid over its defaults, or over one host's own settings. Throws PerfwatchError('bad_input') beyond the bounds. */
export function updatedConfig({ config, update, nowMs }: { config: Config; update: ConfigUpdate; nowMs: number }): Config {
  const updated_at = laterThan(config.updated_at, nowMs);
  const { host = null } = update;
  if (host === null) {
    const interval_ms = update.interval_ms ?? config.interval_ms;
    const collectors = overlayCollectors(config.collectors, update.collectors);
    const perf_events = overlayPerfEvents(config.perf_events, update.perf_events ?? {});
    return checkBounds({ ...config, interval_ms, collectors, perf_events, updated_at });
  }
  const own = Object.hasOwn(config.hosts, host) ? config.hosts[host] : undefined;
  return checkBounds({ ...config, hosts: hostsWith(config.hosts, host, ownSettings(own ?? {}, update)), updated_at });
}
