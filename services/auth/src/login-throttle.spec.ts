import { describe, expect, it } from 'vitest';
import { LoginThrottle, type LoginAttempt } from './login-throttle.ts';

const attempt = (username: string, address: string): LoginAttempt => ({ username, address });

function fail(throttle: LoginThrottle, { times, of }: { times: number; of: LoginAttempt }): void {
  for (let failure = 0; failure < times; failure += 1) throttle.failed(of);
}

function waits(throttle: LoginThrottle, of: LoginAttempt): boolean {
  try {
    throttle.check(of);
    return false;
  } catch {
    return true;
  }
}

describe('LoginThrottle', () => {
  it('makes a user wait where it failed, and nowhere else', () => {
    const throttle = new LoginThrottle({ nowMs: () => 0 });
    fail(throttle, { times: 6, of: attempt('Admin', '10.0.0.1') });
    expect(waits(throttle, attempt('admin', '10.0.0.1'))).toBe(true);
    expect(waits(throttle, attempt('admin', '10.0.0.2'))).toBe(false);
    expect(waits(throttle, attempt('other', '10.0.0.1'))).toBe(false);
  });

  it('makes an address wait that fails with one name after another', () => {
    const throttle = new LoginThrottle({ nowMs: () => 0 });
    for (let user = 0; user < 31; user += 1) throttle.failed(attempt(`user${user}`, '10.0.0.1'));
    expect(waits(throttle, attempt('admin', '10.0.0.1'))).toBe(true);
    expect(waits(throttle, attempt('admin', '10.0.0.2'))).toBe(false);
  });

  it('is not got round by logging in to an account of one’s own in between', () => {
    const throttle = new LoginThrottle({ nowMs: () => 0 });
    for (let user = 0; user < 31; user += 1) {
      throttle.failed(attempt(`user${user}`, '10.0.0.1'));
      throttle.succeeded(attempt('mallory', '10.0.0.1'));
    }
    expect(waits(throttle, attempt('admin', '10.0.0.1'))).toBe(true);
  });

  it('never makes anyone wait who always logs in', () => {
    const throttle = new LoginThrottle({ nowMs: () => 0 });
    for (let login = 0; login < 500; login += 1) {
      expect(waits(throttle, attempt('admin', '127.0.0.1'))).toBe(false);
      throttle.succeeded(attempt('admin', '127.0.0.1'));
    }
  });

  it.each([
    ['an IPv6 network', '2001:db8:0:1::5', '2001:db8:0:1:ffff::9'],
    ['an address and its long form', 'fe80::1%eth0', 'fe80:0:0:0:0:0:0:2'],
    ['IPv4 and the same mapped to IPv6', '::ffff:10.0.0.1', '10.0.0.1'],
  ])('takes %s for one', (_, failing, same) => {
    const throttle = new LoginThrottle({ nowMs: () => 0 });
    fail(throttle, { times: 6, of: attempt('admin', failing) });
    expect(waits(throttle, attempt('admin', same))).toBe(true);
    expect(waits(throttle, attempt('admin', '2001:db8:0:2::5'))).toBe(false);
    expect(waits(throttle, attempt('admin', '::1'))).toBe(false);
  });
});
