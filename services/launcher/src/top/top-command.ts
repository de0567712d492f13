import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@perfwatch/bus';
import { parseInput, PerfwatchError, subjects, subjectTokenSchema, type Sample } from '@perfwatch/contract';
import type { Command } from 'commander';
import { withBus } from '../command-bus.ts';
import type { CommandContext } from '../command-context.ts';
import { shownUntil, type Screen } from '../terminal.ts';
import { chooseHost } from './choose-host.ts';
import { paint } from './paint.ts';
import { topLines } from './top-view.ts';
import { UnusualMetrics } from './unusual-metrics.ts';

/** How long the first Sample is waited for. */
const LISTEN_MS = 3000;
/** Samples of one tick come within this time, however busy the machine. */
const TICK_SPREAD_MS = 150;
/** Collectors with longer intervals may be missing from what is printed once. */
const MAX_TICK_WAIT_MS = 10_000;
const DEFAULT_COLUMNS = 100;
const ALL_ROWS = 1000;
const MAX_UNUSUAL = 5;
/** Anyone may make up collectors. */
const MAX_COLLECTORS = 200;

const ALTERNATE_SCREEN = '\u001b[?1049h\u001b[?25l';
const MAIN_SCREEN = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

export interface TopOptions {
  host: string;
  screen: Screen;
  /** Colours on a terminal. */
  isColoured: boolean;
  stopping: AbortSignal;
}

/** What is known of a host, drawn on a screen. */
class TopScreen {
  readonly #options: TopOptions;
  readonly #samples = new Map<string, Sample>();
  readonly #unusual = new UnusualMetrics();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: TopOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#samples.size === 0;
  }

  /** How long a tick of all its collectors takes at most. */
  get tickMs(): number {
    const intervals = [...this.#samples.values()].map(({ interval_ms: intervalMs = 0 }) => intervalMs);
    return Math.min(MAX_TICK_WAIT_MS, Math.max(0, ...intervals));
  }

  take(sample: Sample): void {
    if (!this.#samples.has(sample.collector) && this.#samples.size >= MAX_COLLECTORS) return;
    this.#samples.set(sample.collector, sample);
    this.#unusual.take(sample);
  }

  /** With all others of its tick. */
  drawSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#draw();
    }, TICK_SPREAD_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  print(): void {
    this.#options.screen.write(`${this.#lines(ALL_ROWS).join('\n')}\n`);
  }

  /** On a terminal over what was there, elsewhere as lines and an empty one. */
  #draw(): void {
    const { screen } = this.#options;
    if (screen.isTTY)
      screen.write(
        `${HOME}${this.#lines(screen.rows - 1)
          .map((line) => `${line}${CLEAR_LINE}\n`)
          .join('')}${CLEAR_BELOW}`,
      );
    else screen.write(`${this.#lines(ALL_ROWS).join('\n')}\n\n`);
  }

  /** As wide as the terminal; in a file nothing is cut off. */
  #lines(rows: number): string[] {
    const { host, screen, isColoured } = this.#options;
    const columns = screen.isTTY ? screen.columns : DEFAULT_COLUMNS;
    const lines = topLines({ host, samples: this.#samples, unusual: this.#unusual.clearest(MAX_UNUSUAL), columns, rows });
    return lines.map((line) => paint(line, { columns: screen.isTTY ? columns : Number.POSITIVE_INFINITY, isColoured }));
  }
}

type SampleBus = Pick<Bus, 'subscribeSamples'>;

/** Draws the host anew at each of its ticks until it is stopped. */
export async function showTop(bus: SampleBus, options: TopOptions): Promise<void> {
  const { host, screen, stopping } = options;
  const view = new TopScreen(options);
  if (screen.isTTY) screen.write(`${ALTERNATE_SCREEN}${HOME}Waiting for ${host} ...\n`);
  const subscription = bus.subscribeSamples(subjects.metrics(host, '*'), (sample) => {
    view.take(sample);
    view.drawSoon();
  });
  try {
    await shownUntil(screen, stopping);
  } finally {
    await subscription.stop();
    view.stop();
    if (screen.isTTY) screen.write(MAIN_SCREEN);
  }
}

/** Draws the host once, when every collector has had the time to send. Throws PerfwatchError('unavailable') when none does. */
export async function showTopOnce(bus: SampleBus, options: TopOptions & { listenMs?: number }): Promise<void> {
  const { host, stopping, listenMs = LISTEN_MS } = options;
  const view = new TopScreen(options);
  const first = new AbortController();
  const subscription = bus.subscribeSamples(subjects.metrics(host, '*'), (sample) => {
    view.take(sample);
    first.abort();
  });
  await delay(listenMs, undefined, { signal: AbortSignal.any([first.signal, stopping]) }).catch(() => undefined);
  if (!view.isEmpty) {
    // The first may have been the last of its tick.
    await delay(view.tickMs + TICK_SPREAD_MS, undefined, { signal: stopping }).catch(() => undefined);
    view.print();
  }
  await subscription.stop();
  if (!view.isEmpty || stopping.aborted) return;
  throw new PerfwatchError('unavailable', `${host} has sent nothing for ${listenMs / 1000} s`, { hint: 'perfwatch watch shows who does.' });
}

async function top(context: CommandContext, screen: Screen, { host, once = false }: { host?: string; once?: boolean }): Promise<void> {
  const { stopping } = context.stopRequests;
  const wanted = host === undefined ? null : parseInput(subjectTokenSchema, host, '--host');
  await withBus(context, async (bus) => {
    const shown = wanted ?? (await chooseHost(bus, { ownHost: context.loadConfig().hostId, listenMs: LISTEN_MS, stopping }));
    const isColoured = screen.isTTY && (context.environment['NO_COLOR'] ?? '') === '';
    const options = { host: shown, screen, isColoured, stopping };
    if (once) await showTopOnce(bus, options);
    else await showTop(bus, options);
  });
}

/** `perfwatch top`. */
export function addTopCommand(program: Command, context: CommandContext, screen: Screen): void {
  program
    .command('top')
    .description('show what a host does now: CPU, memory, pressure, network, disk, and what is unusual')
    .option('--host <host>', 'which (default: this machine, or the only one there is)')
    .option('--once', 'print it once and end')
    .action((options: { host?: string; once?: boolean }) => top(context, screen, options));
}
