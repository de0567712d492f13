import type { Bus } from '@perfwatch/bus';
import { PerfwatchError, subjects } from '@perfwatch/contract';
import { setTimeout as delay } from 'node:timers/promises';

/** Hosts that an error names. */
const MAX_NAMED = 20;
const MAX_HEARD = 10_000;

export interface ChooseHostOptions {
  /** The host of this machine. */
  ownHost: string;
  /** How long hosts get to be heard. */
  listenMs: number;
  stopping: AbortSignal;
}

/**
 * This machine as soon as it is heard, else the only host there is. Throws PerfwatchError: 'unavailable' when nobody sends anything,
 * 'bad_input' with their names when there are several.
 */
export async function chooseHost(bus: Pick<Bus, 'subscribeSamples'>, { ownHost, listenMs, stopping }: ChooseHostOptions): Promise<string> {
  const heard = new Set<string>();
  const found = new AbortController();
  const subscription = bus.subscribeSamples(subjects.allMetrics, ({ host }) => {
    if (heard.size < MAX_HEARD) heard.add(host);
    if (host === ownHost) found.abort();
  });
  const signal = AbortSignal.any([stopping, found.signal]);
  // Aborted: found, or nobody wants to know any more.
  await delay(listenMs, undefined, { signal }).catch(() => undefined);
  await subscription.stop();
  const [only] = heard;
  if (found.signal.aborted || (only === undefined && stopping.aborted)) return ownHost;
  if (only === undefined) {
    throw new PerfwatchError('unavailable', `No host has sent anything for ${listenMs / 1000} s`, { hint: 'Are collectors running?' });
  }
  if (heard.size === 1) return only;
  const names = [...heard].sort();
  const listed = `${names.slice(0, MAX_NAMED).join(', ')}${names.length > MAX_NAMED ? ' and more' : ''}`;
  throw new PerfwatchError('bad_input', `${ownHost} sends nothing, and there are several hosts: choose one with --host, of ${listed}`);
}
