import { performance } from 'node:perf_hooks';
import bcrypt from 'bcrypt';
import { describe, expect, it } from 'vitest';
import { BCRYPT_COST, hashPassword, isOutdated, isPassword } from './password-hash.ts';

const PASSWORD = 'tulip-harbour-eleven';

async function cpuMsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('hashPassword', () => {
  it('makes a bcrypt hash of the cost that PerfWatch promises', async () => {
    const hash = await hashPassword(PASSWORD);
    expect(bcrypt.getRounds(hash)).toBe(BCRYPT_COST);
    expect(BCRYPT_COST).toBeGreaterThanOrEqual(12);
    expect(isOutdated(hash)).toBe(false);
    expect(await isPassword(PASSWORD, hash)).toBe(true);
    expect(await isPassword(`${PASSWORD} `, hash)).toBe(false);
  });

  it('leaves the event loop free', async () => {
    const before = performance.eventLoopUtilization();
    await hashPassword(PASSWORD);
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  });
});

describe('isPassword', () => {
  it('does not cut a password at 72 bytes as bcrypt does', async () => {
    const longest = 'x9'.repeat(36);
    const hash = await hashPassword(longest);
    expect(await isPassword(longest, hash)).toBe(true);
    expect(await isPassword(`${longest}z`, hash)).toBe(false);
  });

  it('works as hard where there is no user, or one with a hash of a lower cost, as where there is one', async () => {
    const hash = await hashPassword(PASSWORD);
    const old = await bcrypt.hash(PASSWORD, BCRYPT_COST - 2);
    expect(isOutdated(old)).toBe(true);
    const hashMs = await cpuMsOf(() => isPassword('wrong-password', hash));
    for (const work of [
      () => isPassword(PASSWORD, null),
      () => isPassword('y'.repeat(1000), hash),
      () => isPassword('wrong-password', old),
      () => isPassword(PASSWORD, old),
    ]) {
      const ratio = (await cpuMsOf(work)) / hashMs;
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.7);
    }
    expect(await isPassword(PASSWORD, null)).toBe(false);
    expect(await isPassword(PASSWORD, old)).toBe(true);
    expect(await isPassword('wrong-password', old)).toBe(false);
  });
});
