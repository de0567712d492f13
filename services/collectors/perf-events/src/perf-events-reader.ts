import { parseCpuSelection, type PerfEventsConfig } from '@perfwatch/contract';
import { parseCpuList, type HostFs } from '@perfwatch/procfs';
import { roundMetric, type CollectorReader, type CollectorReading, type CollectorTick } from '@perfwatch/service-kit';
import { reportCapabilities, TURNED_OFF, type CapabilityReport, type PlannedGroup } from './capability-report.ts';
import { CountingPlan, type CountingPlanOptions, type Wanted } from './counting-plan.ts';
import { cpuListWords, cpuWords } from './cpu-list-words.ts';
import type { CoreRatios, PerfEventMetrics } from './declaration.ts';
import { readGroup, type GroupTick } from './group-tick.ts';
import { readMachineFacts, type MachineFacts } from './machine-facts.ts';

const ONLINE = 'devices/system/cpu/online';
/** What was refused may be allowed by now, and a driver may have been loaded. */
const REDISCOVER_MS = 60_000;
/** The first time it is sooner: what else this process keeps open is open by then. */
const FIRST_REDISCOVERY_MS = 5000;
/** Below this part of the time, a second's count is extrapolated from less than a dozen slices of 4 ms. */
const MIN_SHARE = 0.05;

/** What a Sample's reason may have: see the contract. */
const MAX_REASON_LENGTH = 1000;

interface Options extends CountingPlanOptions {
  /** Path of what this process runs, which a person may give the right to count. */
  readonly program: string;
  readonly settings: () => PerfEventsConfig;
}

/** Text of what the settings say, to see whether they changed. */
const settingsText = ({ cpus, groups, per_core }: PerfEventsConfig) => `${cpus} ${groups.join()} ${per_core}`;

/** Counts events on the CPUs online, and reads every group of them once a tick. */
export class PerfEventsReader implements CollectorReader<CollectorReading<PerfEventMetrics>> {
  readonly #plan: CountingPlan;
  readonly #fs: HostFs;
  readonly #settings: () => PerfEventsConfig;
  readonly #program: string;
  #applied: Wanted | null = null;
  #facts: MachineFacts;
  #onlineText = '';
  #online: readonly number[] = [];
  #report: CapabilityReport | null = null;
  #sinceDiscoveryMs = REDISCOVER_MS - FIRST_REDISCOVERY_MS;
  /** Whether the settings of this tick are those of the one before. */
  #isSettled = false;

  constructor({ kernel, fs, nowMs, program, settings }: Options) {
    this.#fs = fs;
    this.#settings = settings;
    this.#plan = new CountingPlan({ kernel, fs, nowMs });
    this.#program = program;
    this.#facts = readMachineFacts(fs, program);
  }

  read({ elapsedMs }: CollectorTick): CollectorReading<PerfEventMetrics> {
    const online = this.#readOnline();
    if (online === null) {
      this.close();
      return { metrics: {}, status: 'unavailable', reason: this.#fs.faultOfSys(ONLINE) };
    }
    const change = this.#follow(online, elapsedMs);
    const settings = this.#settings();
    const core: Map<number, CoreRatios> | null = settings.per_core ? new Map() : null;
    const ticks = this.#plan.groups.map((group) => readGroup(group.counters, core));
    const absences = this.#revive(ticks);
    const report = (this.#report ??= this.#makeReport(settings));
    const reading = { unavailable: report.unavailable, sources: report.sources };
    if (!this.#plan.groups.some(({ counters }) => counters.isCounting)) {
      this.#plan.endTick();
      return { metrics: {}, status: 'unavailable', reason: report.fault ?? this.#absence() ?? this.#lack(), ...reading };
    }
    const metrics = this.#metricsOf({ ticks, core, report, isRate: elapsedMs !== null });
    this.#plan.endTick();
    const reasons = [
      report.fault,
      this.#absence(),
      this.#unopened(),
      this.#unplugged(online),
      change,
      absences,
      this.#lowShares(ticks),
    ].filter((reason) => reason !== null);
    return {
      metrics,
      status: reasons.length === 0 ? 'ok' : 'partial',
      reason: reasons.join('; ').slice(0, MAX_REASON_LENGTH) || null,
      ...reading,
    };
  }

  /** Closes every descriptor. A read after that begins anew. */
  close(): void {
    this.#plan.close();
    this.#applied = null;
    this.#report = null;
  }

  #readOnline(): readonly number[] | null {
    return this.#fs.parseSys(ONLINE, (text) => {
      if (text !== this.#onlineText) {
        this.#online = parseCpuList(text);
        this.#onlineText = text;
      }
      return this.#online;
    });
  }

  /** Counts what the settings and the CPUs online ask for now. Gives what of that makes this tick's sums less than whole, or null. */
  #follow(online: readonly number[], elapsedMs: number | null): string | null {
    const settings = this.#settings();
    const applied = this.#applied;
    const isSettled = applied !== null && (applied.settings === settings || settingsText(applied.settings) === settingsText(settings));
    this.#isSettled = isSettled;
    this.#sinceDiscoveryMs += elapsedMs ?? 0;
    const isDue = this.#sinceDiscoveryMs >= REDISCOVER_MS;
    if (isDue) this.#sinceDiscoveryMs = 0;
    const isMore = isDue && this.#plan.rediscover();
    if (isDue) this.#report = null;
    if (applied !== null && applied.online !== online) this.#plan.readHardware();
    if (isSettled && !isMore && applied.online === online && this.#unopened() === null) return null;
    this.#applied = { settings, online };
    this.#plan.follow(this.#applied);
    this.#report = null;
    if (!isSettled || applied.online === online) return null;
    return `CPUs went offline or came online (now ${cpuListWords(online)}): what these counted meanwhile is not in the sums`;
  }

  /** Counts anew on CPUs whose counters died. Gives a line that says so, or null. */
  #revive(ticks: readonly GroupTick[]): string | null {
    const dead = new Set(ticks.flatMap((tick) => tick.dead));
    if (dead.size === 0 || this.#applied === null) return null;
    for (const { counters } of this.#plan.groups) for (const cpu of dead) counters.drop(cpu);
    this.#plan.follow(this.#applied);
    this.#report = null;
    return `${cpuWords([...dead].sort((one, other) => one - other))} went offline meanwhile: what was counted there is not in the sums`;
  }

  /** What is still to be opened, in one line; null when nothing is. */
  #unopened(): string | null {
    const { offline, opening } = this.#plan;
    if (opening.length > 0) return `Counters are still being opened (${opening.join(', ')}): there are no sums before that`;
    return offline.length === 0 ? null : `${cpuWords(offline)} could not be counted on: the kernel says offline`;
  }

  /** CPUs that the settings choose and that are not online, in one line; null when there are none. */
  #unplugged(online: readonly number[]): string | null {
    const { cpus } = parseCpuSelection(this.#settings().cpus);
    if (cpus === 'all' || cpus === null) return null;
    const known = new Set(online);
    const offline = cpus.filter((cpu) => !known.has(cpu));
    return offline.length === 0 ? null : `${cpuWords(offline)} of the settings ${offline.length === 1 ? 'is' : 'are'} not online`;
  }

  /** Why a group that is wanted is not counted at all, though nothing was refused; null when there is none. */
  #absence(): string | null {
    const isWanted = ({ absence, definition }: PlannedGroup) => absence !== null && absence !== TURNED_OFF && definition.events.length > 0;
    return this.#plan.groups.find(isWanted)?.absence ?? null;
  }

  /** Why there is nothing to count of the groups that are wanted. */
  #lack(): string {
    return (
      this.#plan.groups.find(({ absence }) => absence !== null && absence !== TURNED_OFF)?.absence ?? 'No events are chosen in the settings'
    );
  }

  #lowShares(ticks: readonly GroupTick[]): string | null {
    const low = this.#plan.groups.filter((_group, index) => (ticks[index]?.share ?? 1) < MIN_SHARE);
    if (low.length === 0) return null;
    const names = low.map(({ definition }) => definition.name).join(', ');
    const watchdog = this.#facts.hasNmiWatchdog === true ? ', or set kernel.nmi_watchdog to 0 with sysctl, which frees a counter' : '';
    return `Counting less than ${100 * MIN_SHARE} % of the time (${names}): choose fewer groups in the settings${watchdog}`;
  }

  #makeReport(settings: PerfEventsConfig): CapabilityReport {
    this.#facts = readMachineFacts(this.#fs, this.#program);
    const { groups, lacking, descriptors, neededLimit } = this.#plan;
    return reportCapabilities({ groups, lacking, facts: { ...this.#facts, descriptors, neededLimit }, hasPerCore: settings.per_core });
  }

  #metricsOf({ ticks, core, report, isRate }: MetricsInput): PerfEventMetrics {
    const metrics: PerfEventMetrics = {};
    const shares: NonNullable<PerfEventMetrics['group']> = {};
    for (const [index, { definition, counters }] of this.#plan.groups.entries()) {
      const tick = ticks[index];
      if (tick === undefined || !counters.isCounting) continue;
      // Over CPUs of which the settings chose some only now, there is no sum.
      const isWhole = isRate && !counters.isOpening && (this.#isSettled || !counters.hasFresh);
      const known = (value: number | null | undefined) =>
        !isWhole || value === null || value === undefined || !Number.isFinite(value) ? null : roundMetric(value);
      for (const { metric, event, factor } of definition.rates) {
        if (report.unavailable[metric] !== undefined) continue;
        metrics[metric] = known((tick.perSec[definition.events.indexOf(event)] ?? Number.NaN) * factor);
      }
      for (const [at, { metric }] of definition.ratios.entries()) {
        if (report.unavailable[metric] === undefined) metrics[metric] = known(tick.ratios[at]);
      }
      shares[definition.name] = { running_percent: known(tick.share === null ? null : tick.share * 100) };
    }
    metrics.group = shares;
    if (core !== null && core.size > 0) metrics.core = Object.fromEntries(core);
    return metrics;
  }
}

interface MetricsInput {
  readonly ticks: readonly GroupTick[];
  readonly core: ReadonlyMap<number, CoreRatios> | null;
  readonly report: CapabilityReport;
  /** Whether there was a tick before: otherwise there is no rate yet. */
  readonly isRate: boolean;
}
