import { defaultPerfEvents, subjects, type CollectionConfig, type Sample } from '@perfwatch/contract';
import { HostFs } from '@perfwatch/procfs';
import { catalogOf, type MachineCatalog } from './collector-catalog.ts';
import type { Collector, CollectorReader, CollectorReading } from './collector.ts';
import { explainAbsences } from './explain-absences.ts';
import { RepeatedAnnouncement } from './repeated-announcement.ts';
import type { RunningService, ServiceContext } from './service.ts';
import { systemClock, Ticker, type Tick, type TickClock } from './ticker.ts';

const DISABLED_INTERVAL_MS = 60_000;
const MAX_REASON_LENGTH = 1000;
/** Finer is what the clock's own reading takes; a rate is off by a hundred-thousandth at most, and a Sample of history half a byte smaller. */
const ELAPSED_STEPS_PER_MS = 100;
const NO_SOURCES: MachineCatalog['sources'] = {};

/** Changes whenever a collector starts: 8 base36 digits. */
const newRun = (): string =>
  Math.floor(Math.random() * 36 ** 8)
    .toString(36)
    .padStart(8, '0');

const roundElapsed = (ms: number): number => Math.max(1, Math.round(ms * ELAPSED_STEPS_PER_MS)) / ELAPSED_STEPS_PER_MS;

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON_LENGTH);

/** One collector at work: reads on every tick and publishes the Sample, and now and then the catalog. */
class RunningCollector {
  readonly #collector: Collector;
  readonly #context: ServiceContext;
  readonly #clock: TickClock;
  readonly #fs: HostFs;
  readonly #run = newRun();
  readonly #ticker: Ticker;
  readonly #catalog: RepeatedAnnouncement;
  #settings: CollectionConfig;
  #reader: CollectorReader | null = null;
  #lastReadMs: number | null = null;
  #seq = 0;
  #machine: MachineCatalog = { unavailable: {}, sources: NO_SOURCES };
  #machineText = '';
  #failure: string | null = null;

  constructor(collector: Collector, context: ServiceContext, clock: TickClock) {
    const { procRoot, sysRoot, rootRoot, intervalMs } = context.config;
    this.#collector = collector;
    this.#context = context;
    this.#clock = clock;
    this.#fs = new HostFs({ procRoot, sysRoot, rootRoot });
    this.#settings = { interval_ms: intervalMs, collectors: {}, perf_events: defaultPerfEvents() };
    this.#catalog = new RepeatedAnnouncement(() => this.#publishCatalog(), clock);
    this.#ticker = new Ticker({ intervalMs, clock, onTick: (tick) => this.#tick(tick) });
  }

  get failure(): string | null {
    return this.#failure;
  }

  apply(settings: CollectionConfig): void {
    this.#settings = settings;
    // Disabling shows with the next tick, which then lengthens the interval itself.
    if (this.#isEnabled) this.#ticker.setIntervalMs(this.#settings.interval_ms);
  }

  /** Someone new may listen. */
  announce(): void {
    this.#catalog.restart();
  }

  async stop(): Promise<void> {
    await this.#ticker.stop();
    await this.#close();
  }

  get #isEnabled(): boolean {
    return this.#settings.collectors[this.#collector.name]?.enabled ?? true;
  }

  async #tick(tick: Tick): Promise<void> {
    if (!this.#isEnabled) {
      await this.#close();
      this.#ticker.setIntervalMs(DISABLED_INTERVAL_MS);
      this.#publish(tick, { metrics: {}, status: 'disabled', reason: 'Turned off in the settings' }, null);
      return;
    }
    const beganMs = this.#clock.monotonicMs();
    const elapsedMs = this.#lastReadMs === null ? null : roundElapsed(beganMs - this.#lastReadMs);
    this.#lastReadMs = beganMs;
    const reading = await this.#read(elapsedMs);
    this.#publish(tick, reading, elapsedMs);
    this.#context.costs?.record({
      collector: this.#collector.name,
      collectMs: this.#clock.monotonicMs() - beganMs,
      skippedTicks: this.#ticker.skipped,
      lateMs: tick.lateMs,
    });
    this.#noteMachine(reading);
    this.#catalog.publishWhenDue();
  }

  /** Never rejects: what goes wrong is this tick's status. */
  async #read(elapsedMs: number | null): Promise<CollectorReading> {
    try {
      const { config: environment, log } = this.#context;
      this.#reader ??= await this.#collector.open({ fs: this.#fs, log, environment, settings: () => this.#settings });
      const reading = await this.#reader.read({ elapsedMs });
      if (this.#failure !== null) this.#context.log.info('reads again');
      this.#failure = null;
      return reading;
    } catch (error) {
      const reason = describe(error);
      if (this.#failure !== reason) this.#context.log.error({ err: error }, 'cannot read');
      this.#failure = reason;
      return { metrics: {}, status: 'error', reason, ...this.#machine };
    }
  }

  #publish({ scheduledMs }: Tick, { metrics, status = 'ok', reason = null }: CollectorReading, elapsedMs: number | null): void {
    const sample: Sample = {
      host: this.#context.config.hostId,
      collector: this.#collector.name,
      ts: new Date(scheduledMs).toISOString(),
      run: this.#run,
      seq: this.#seq++,
      interval_ms: this.#ticker.intervalMs,
      elapsed_ms: elapsedMs,
      status,
      reason,
      metrics,
    };
    this.#context.bus.publishSample(sample);
  }

  #noteMachine(reading: CollectorReading): void {
    const unavailable = explainAbsences(this.#collector, reading);
    const { sources = NO_SOURCES } = reading;
    if (unavailable === this.#machine.unavailable && sources === this.#machine.sources) return;
    const text = JSON.stringify([unavailable, sources]);
    const isChanged = text !== this.#machineText;
    this.#machine = { unavailable, sources };
    this.#machineText = text;
    if (isChanged) this.announce();
  }

  #publishCatalog(): void {
    const host = this.#context.config.hostId;
    const ts = new Date(this.#clock.wallMs()).toISOString();
    const catalog = catalogOf(this.#collector, { host, ts, ...this.#machine });
    this.#context.bus.publish(subjects.catalog(host, this.#collector.name), catalog);
  }

  async #close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = null;
    this.#lastReadMs = null;
    try {
      await reader?.close?.();
    } catch (error) {
      // It is gone all the same, and the others must still be stopped.
      this.#context.log.warn({ err: error }, 'did not close cleanly');
    }
    this.#fs.close();
  }
}

/** Starts a collector by its own configuration, which counts until the host's settings come. */
export function startCollector(collector: Collector, context: ServiceContext, clock: TickClock = systemClock): Promise<RunningService> {
  const running = new RunningCollector(collector, context, clock);
  const removeListener = context.bus.onState(({ connected }) => {
    if (connected) running.announce();
  });
  return Promise.resolve({
    actions: {},
    events: { 'collection.changed': (settings: CollectionConfig) => running.apply(settings) },
    health: () => ({ up: running.failure === null, reason: running.failure }),
    stop: async () => {
      removeListener();
      await running.stop();
    },
  });
}
