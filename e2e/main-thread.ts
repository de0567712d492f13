import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, CDPSession } from 'playwright-core';
import { z } from 'zod';

/** The browser's own tasks, and what became of each frame. */
const CATEGORIES = ['__metadata', 'disabled-by-default-devtools.timeline', 'disabled-by-default-devtools.timeline.frame'];

const eventSchema = z.object({
  name: z.string(),
  ph: z.string(),
  pid: z.number(),
  tid: z.number(),
  dur: z.number().default(0),
  tdur: z.number().default(0),
  args: z
    .object({
      name: z.string().optional(),
      frame_reporter: z.object({ state: z.string(), affects_smoothness: z.boolean().default(false) }).optional(),
    })
    .default({}),
});
type TraceEvent = z.infer<typeof eventSchema>;

/** What the main thread of the pages did for a while. */
export interface MainThread {
  watchedMs: number;
  /** CPU time of its longest task: by the clock, a task also lasts while others have the CPU. */
  longestTaskMs: number;
  /** The longest by the clock. */
  longestByClockMs: number;
  /** CPU time of all tasks. */
  busyMs: number;
  shownFrames: number;
  /** Frames that came too late for a change that was on its way. */
  droppedFrames: number;
}

const milliseconds = (microseconds: number) => microseconds / 1000;

function readTrace(events: readonly TraceEvent[], watchedMs: number): MainThread {
  const mainThreads = new Set(events.filter(({ args }) => args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`));
  const tasks = events.filter(({ name, pid, tid }) => name === 'RunTask' && mainThreads.has(`${pid} ${tid}`));
  const frames = events.flatMap(({ name, ph, args }) => (name === 'PipelineReporter' && ph === 'b' ? (args.frame_reporter ?? []) : []));
  return {
    watchedMs,
    longestTaskMs: milliseconds(tasks.reduce((longest, { tdur }) => Math.max(longest, tdur), 0)),
    longestByClockMs: milliseconds(tasks.reduce((longest, { dur }) => Math.max(longest, dur), 0)),
    busyMs: milliseconds(tasks.reduce((sum, { tdur }) => sum + tdur, 0)),
    shownFrames: frames.filter(({ state }) => state.startsWith('STATE_PRESENTED')).length,
    droppedFrames: frames.filter(({ state, affects_smoothness: isSeen }) => state === 'STATE_DROPPED' && isSeen).length,
  };
}

/** Two stretches as one. */
function joined(first: MainThread, second: MainThread): MainThread {
  return {
    watchedMs: first.watchedMs + second.watchedMs,
    longestTaskMs: Math.max(first.longestTaskMs, second.longestTaskMs),
    longestByClockMs: Math.max(first.longestByClockMs, second.longestByClockMs),
    busyMs: first.busyMs + second.busyMs,
    shownFrames: first.shownFrames + second.shownFrames,
    droppedFrames: first.droppedFrames + second.droppedFrames,
  };
}

async function watchSlice(session: CDPSession, work: () => Promise<unknown>): Promise<MainThread> {
  const events: TraceEvent[] = [];
  const take = ({ value }: { value: readonly unknown[] }) => {
    for (const event of value) events.push(...[eventSchema.safeParse(event).data].filter((parsed) => parsed !== undefined));
  };
  session.on('Tracing.dataCollected', take);
  const ended = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  const startedMs = performance.now();
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { recordMode: 'recordContinuously', includedCategories: CATEGORIES, excludedCategories: ['*'] },
  });
  await work();
  const watchedMs = performance.now() - startedMs;
  await session.send('Tracing.end');
  await ended;
  session.off('Tracing.dataCollected', take);
  return readTrace(events, watchedMs);
}

/** Watches the pages of a browser while something goes on in them. */
export async function watchDuring(browser: Browser, work: () => Promise<unknown>): Promise<MainThread> {
  const session = await browser.newBrowserCDPSession();
  const watched = await watchSlice(session, work);
  await session.detach();
  return watched;
}

export interface WatchOptions {
  durationMs: number;
  /** A trace holds a bounded number of events: half a minute of a busy page is far from it. */
  sliceMs?: number;
  /** Runs unwatched after each slice. */
  between?: () => Promise<unknown>;
}

/** Watches the pages of a browser as they are. */
export async function watchMainThread(browser: Browser, { durationMs, sliceMs = 30_000, between }: WatchOptions): Promise<MainThread> {
  const slices = Math.max(1, Math.round(durationMs / sliceMs));
  let watched: MainThread | null = null;
  for (let slice = 0; slice < slices; slice += 1) {
    const next = await watchDuring(browser, () => delay(durationMs / slices));
    watched = watched === null ? next : joined(watched, next);
    await between?.();
  }
  if (watched === null) throw new Error('nothing was watched');
  return watched;
}
