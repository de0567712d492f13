import type { LoginReply } from '@perfwatch/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrowserSession } from './browser-session.ts';

class Refusal extends Error {}

/** A browser: what its tabs share, and what the server answers next. */
function startBrowser({ mark = null }: { mark?: string | null } = {}) {
  const shared = { mark, made: 0 };
  const tabs: ((mark: string | null) => void)[] = [];
  const server = { answers: [] as (string | Error)[], asked: 0 };
  const openTab = (address = '/hosts/web-1?window=5m') => {
    const shown: (string | null)[] = [];
    let changed: (mark: string | null) => void = () => undefined;
    const tell = (mark: string | null) => {
      shared.mark = mark;
      for (const tab of tabs) if (tab !== changed) tab(mark);
    };
    const session = new BrowserSession({
      request: () => {
        server.asked++;
        const answer = server.answers.shift() ?? new Error('no answer');
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(reply(answer));
      },
      alone: (work) => work(),
      isRefusal: (error) => error instanceof Refusal,
      mark: {
        read: () => shared.mark,
        make: () => {
          const made = `log-in ${++shared.made}`;
          tell(made);
          return made;
        },
        remove: () => tell(null),
        watch: (listener) => {
          tabs.push((changed = listener));
          return () => undefined;
        },
      },
      address: () => address,
      showLogIn: (from) => shown.push(from),
    });
    return { session, shown };
  };
  return { shared, server, openTab };
}

const reply = (token: string): LoginReply => ({ access_token: token, token_type: 'Bearer', expires_in: 900 });
const ME = { id: 'u', username: 'ada', role: 'admin', expires_at: null, scope: null } as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the session of a browser', () => {
  it('begins with a log-in, and is gone on with by the next page', async () => {
    const { openTab, server } = startBrowser();
    openTab().session.begin(reply('one'));
    server.answers.push('two');
    const { session } = openTab();
    expect(session.isLoggedIn()).toBe(false);
    expect(await session.resume()).toBe(true);
    expect([session.token(), session.isLoggedIn()]).toEqual(['two', true]);
    expect([await session.resume(), server.asked]).toEqual([true, 1]);
  });

  it('is not asked for where nobody has logged in', async () => {
    const { openTab, server } = startBrowser();
    const { session, shown } = openTab();
    expect(await session.resume()).toBe(false);
    expect([server.asked, shown, session.notice()]).toEqual([0, [], null]);
  });

  it('that is over when a page is opened is forgotten, and says so where it leads', async () => {
    const { openTab, server, shared } = startBrowser({ mark: 'of last week' });
    server.answers.push(new Refusal());
    const { session, shown } = openTab();
    expect(await session.resume()).toBe(false);
    expect([shared.mark, shown, session.notice()]).toEqual([null, [], expect.stringContaining('has ended')]);
  });

  it('that nobody can tell of is kept for another try', async () => {
    const { openTab, server, shared } = startBrowser({ mark: 'of today' });
    const { session } = openTab();
    await expect(session.resume()).rejects.toThrow('no answer');
    expect(shared.mark).toBe('of today');
    server.answers.push('two');
    expect(await session.resume()).toBe(true);
  });

  it('that ends while a page is open leads to the log-in and back, in every tab', async () => {
    const { openTab, server } = startBrowser();
    const [one, other] = [openTab(), openTab('/hosts?kiosk=1')];
    one.session.begin(reply('one'));
    server.answers.push('two', new Refusal());
    await other.session.resume();
    other.session.me.set(ME);
    expect(await other.session.tokenAfter('two')).toBeNull();
    expect(other.shown).toEqual(['/hosts?kiosk=1']);
    expect([other.session.notice(), other.session.me(), other.session.isAdmin()]).toEqual([
      expect.stringContaining('this display'),
      null,
      false,
    ]);
    expect([one.shown, one.session.isLoggedIn()]).toEqual([['/hosts/web-1?window=5m'], false]);
  });

  it('is renewed once for all requests that find their token refused', async () => {
    const { openTab, server } = startBrowser();
    const { session } = openTab();
    session.begin(reply('one'));
    server.answers.push('two');
    expect(await Promise.all([session.tokenAfter('one'), session.tokenAfter('one')])).toEqual(['two', 'two']);
    expect([await session.tokenAfter('one'), server.asked]).toEqual(['two', 1]);
  });

  it('gives a token that will do: renewed first when it is at its end', async () => {
    const { openTab, server } = startBrowser();
    const { session } = openTab();
    expect(session.usableToken()).toBeNull();
    session.begin(reply('one'));
    expect(session.usableToken()).toBe('one');
    vi.setSystemTime(Date.now() + 899_000);
    server.answers.push('two');
    expect(await session.usableToken()).toBe('two');
    vi.setSystemTime(Date.now() + 899_000);
    expect(await session.usableToken()).toBe('two');
  });

  it('ends with a log-out, in every tab, and leads nowhere afterwards', () => {
    const { openTab, shared } = startBrowser();
    const [one, other, never] = [openTab(), openTab(), openTab('/login')];
    one.session.begin(reply('one'));
    other.session.begin(reply('other'));
    other.session.end(null);
    expect([shared.mark, other.shown, other.session.notice()]).toEqual([null, [null], null]);
    expect([one.shown, one.session.notice()]).toEqual([['/hosts/web-1?window=5m'], expect.stringContaining('another tab')]);
    expect(never.shown).toEqual([]);
  });

  it('follows a log-in in another tab: the cookie is that of the new one', async () => {
    const { openTab, server } = startBrowser();
    const [one, other] = [openTab(), openTab()];
    one.session.begin(reply('one'));
    one.session.me.set(ME);
    server.answers.push('of the new log-in');
    other.session.begin(reply('other'));
    expect([one.session.isLoggedIn(), one.session.me()]).toEqual([false, null]);
    await vi.advanceTimersByTimeAsync(0);
    expect([one.session.token(), one.shown]).toEqual(['of the new log-in', []]);
  });
});
