import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccessToken } from './access-token.ts';

const MINUTE_MS = 60_000;
class Refusal extends Error {}

/** Requests that wait to be answered, and a token that sends them. */
function start() {
  const answers: PromiseWithResolvers<{ access_token: string; expires_in: number }>[] = [];
  const onRefused = vi.fn();
  const token = new AccessToken({
    request: () => {
      const answer = Promise.withResolvers<{ access_token: string; expires_in: number }>();
      answers.push(answer);
      return answer.promise;
    },
    alone: (work) => work(),
    isRefusal: (error) => error instanceof Refusal,
    onRefused,
  });
  return { token, answers, onRefused };
}
const issued = (text: string, seconds = 900) => ({ access_token: text, expires_in: seconds });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the access token', () => {
  it('is renewed ahead of its end, again and again, without anyone asking', async () => {
    const { token, answers } = start();
    token.begin(issued('one'));
    await vi.advanceTimersByTimeAsync(13 * MINUTE_MS);
    expect([token.value(), answers.length]).toEqual(['one', 0]);
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    expect([token.isUsable, answers.length]).toEqual([true, 1]);
    answers[0]?.resolve(issued('two'));
    await vi.advanceTimersByTimeAsync(0);
    expect(token.value()).toBe('two');
    await vi.advanceTimersByTimeAsync(14 * MINUTE_MS);
    expect(answers).toHaveLength(2);
  });

  it('with a short life is renewed in the middle of it', async () => {
    const { token, answers } = start();
    token.begin(issued('one', 60));
    await vi.advanceTimersByTimeAsync(29_999);
    expect(answers).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(answers).toHaveLength(1);
  });

  it('is asked for once by all who want it', async () => {
    const { token, answers } = start();
    token.begin(issued('one'));
    const wanted = Promise.all([token.renew(), token.renew(), token.renew()]);
    answers[0]?.resolve(issued('two'));
    expect(await wanted).toEqual(['two', 'two', 'two']);
    expect(answers).toHaveLength(1);
    void token.renew();
    expect(answers).toHaveLength(2);
  });

  it('is gone when the server refuses, and that is said once', async () => {
    const { token, answers, onRefused } = start();
    token.begin(issued('one'));
    const wanted = [token.renew(), token.renew()];
    answers[0]?.reject(new Refusal());
    expect(await Promise.all(wanted)).toEqual([null, null]);
    expect([token.value(), onRefused.mock.calls.length]).toEqual([null, 1]);
    await vi.advanceTimersByTimeAsync(60 * MINUTE_MS);
    expect(answers).toHaveLength(1);
  });

  it('stays where nobody answers, and is tried again', async () => {
    const { token, answers, onRefused } = start();
    token.begin(issued('one'));
    const wanted = token.renew();
    answers[0]?.reject(new Error('no network'));
    await expect(wanted).rejects.toThrow('no network');
    expect(token.value()).toBe('one');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(answers).toHaveLength(2);
    answers[1]?.reject(new Error('no network'));
    await vi.advanceTimersByTimeAsync(10_000);
    answers[2]?.resolve(issued('two'));
    await vi.advanceTimersByTimeAsync(0);
    expect([token.value(), onRefused.mock.calls.length]).toEqual(['two', 0]);
  });

  it('of a page that has none yet is not tried again by itself: whoever opens the page does', async () => {
    const { token, answers } = start();
    const wanted = token.renew();
    answers[0]?.reject(new Error('no network'));
    await expect(wanted).rejects.toThrow('no network');
    await vi.advanceTimersByTimeAsync(60 * MINUTE_MS);
    expect(answers).toHaveLength(1);
  });

  it('does not come back after a log-out', async () => {
    const { token, answers, onRefused } = start();
    token.begin(issued('one'));
    const [late, refused] = [token.renew(), token.renew()];
    token.drop();
    answers[0]?.resolve(issued('two'));
    expect(await Promise.all([late, refused])).toEqual([null, null]);
    await vi.advanceTimersByTimeAsync(60 * MINUTE_MS);
    expect([token.value(), answers.length, onRefused.mock.calls.length]).toEqual([null, 1, 0]);
  });

  it('of another log-in is not replaced by what was asked for before, and is what all get who asked', async () => {
    const { token, answers, onRefused } = start();
    token.begin(issued('one'));
    const before = token.renew();
    token.begin(issued('other'));
    answers[0]?.reject(new Refusal());
    expect(await before).toBe('other');
    expect([token.value(), onRefused.mock.calls.length]).toEqual(['other', 0]);
  });

  it('of another log-in that is on its way is waited for', async () => {
    const { token, answers } = start();
    token.begin(issued('one'));
    const before = token.renew();
    token.drop();
    const after = token.renew();
    answers[0]?.resolve(issued('two'));
    await vi.advanceTimersByTimeAsync(0);
    expect(token.value()).toBeNull();
    answers[1]?.resolve(issued('other'));
    expect(await Promise.all([before, after])).toEqual(['other', 'other']);
  });

  it('is not usable any more when the computer slept through its end', () => {
    const { token } = start();
    token.begin(issued('one'));
    expect(token.isUsable).toBe(true);
    vi.setSystemTime(Date.now() + 15 * MINUTE_MS - 5000);
    expect(token.isUsable).toBe(false);
    token.drop();
    expect(token.isUsable).toBe(false);
  });
});
