import { readdirSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSockDiag } from './sock-diag.ts';

const descriptors = () => readdirSync('/proc/self/fd').length;

/** Sockets of a family that listen. */
function countListening(family: 'ipv4' | 'ipv6'): number {
  const steps = openSockDiag().waitingSockets(family);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value.listen;
  }
}

async function listen(host: string): Promise<void> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
}

// Others on this machine may begin or end to listen in between: once is not a defect, three times in a row is.
describe('openSockDiag', { retry: 2 }, () => {
  it.each([
    ['ipv4', '127.0.0.1'],
    ['ipv6', '::1'],
  ] as const)('counts what listens, by family (%s)', async (family, host) => {
    const before = countListening(family);
    await listen(host);
    await listen(host);
    expect(countListening(family)).toBe(before + 2);
  });

  it('leaves nothing open, given up halfway or not', async () => {
    await listen('127.0.0.1');
    countListening('ipv4');
    const before = descriptors();
    countListening('ipv4');
    const steps = openSockDiag().waitingSockets('ipv4');
    steps.next();
    expect(descriptors()).toBe(before + 1);
    steps.return({ listen: 0, closeWait: 0 });
    expect(descriptors()).toBe(before);
  });
});
