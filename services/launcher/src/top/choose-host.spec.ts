import type { Sample } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { chooseHost } from './choose-host.ts';

/** A bus on which hosts have just sent. */
const busOf = (...hosts: string[]) => ({
  subscribeSamples: (_subject: string, handler: (sample: Sample) => void) => {
    for (const host of hosts) handler({ host, collector: 'cpu', ts: '2026-11-25T10:00:00.000Z', metrics: {} });
    return { stop: () => Promise.resolve() };
  },
});

describe('the host that is shown', () => {
  const options = { ownHost: 'me', listenMs: 20, stopping: new AbortController().signal };

  it('is this machine, at once', async () => {
    await expect(chooseHost(busOf('a', 'me', 'b'), { ...options, listenMs: 60_000 })).resolves.toBe('me');
  });

  it('is the only one where this machine sends nothing', async () => {
    await expect(chooseHost(busOf('a', 'a'), options)).resolves.toBe('a');
  });

  it('has to be chosen of several, and cannot be where there is none', async () => {
    await expect(chooseHost(busOf('b', 'a'), options)).rejects.toThrow('choose one with --host, of a, b');
    await expect(chooseHost(busOf(), options)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
