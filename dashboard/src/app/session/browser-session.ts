import { computed, signal } from '@angular/core';
import type { LoginReply, Me } from '@perfwatch/contract';
import { AccessToken, type AccessTokenOptions } from './access-token.ts';
import type { SessionMark } from './session-mark.ts';

const ENDED = 'Your session has ended. Log in again to go on.';
const ENDED_ON_THE_WALL = 'The session of this display has ended. Log in again, and it shows what it did before.';

export interface BrowserSessionOptions extends Pick<AccessTokenOptions, 'request' | 'alone' | 'isRefusal'> {
  mark: SessionMark;
  /** Path and query of the page that is shown. */
  address: () => string;
  /** Shows the log-in page, which leads back to `from` where there is one. */
  showLogIn: (from: string | null) => void;
}

/** Who is logged in. The one place that knows the token. */
export class BrowserSession {
  readonly #options: BrowserSessionOptions;
  readonly #access: AccessToken;
  /** Of the log-in that this tab goes on with. */
  #mark: string | null = null;
  #isResuming = false;
  /** Changes whenever it is renewed: for who is logged in see `isLoggedIn`. */
  readonly token: AccessToken['value'];
  readonly me = signal<Me | null>(null);
  /** Why the log-in page is shown, when it was not asked for. */
  readonly notice = signal<string | null>(null);
  readonly isLoggedIn = computed(() => this.token() !== null);
  readonly isAdmin = computed(() => this.me()?.role === 'admin');

  constructor(options: BrowserSessionOptions) {
    this.#options = options;
    const { request, alone, isRefusal } = options;
    this.#access = new AccessToken({ request, alone, isRefusal, onRefused: () => this.#refused() });
    this.token = this.#access.value;
    options.mark.watch((mark) => {
      if (this.#mark === null || mark === this.#mark) return;
      if (mark === null) this.#leave('You logged out in another tab.');
      else this.#follow(mark);
    });
  }

  begin(issued: LoginReply): void {
    this.#mark = this.#options.mark.make();
    this.#access.begin(issued);
    this.notice.set(null);
  }

  /** Goes on with the log-in that this browser has, if any; whether there is one. Rejects when nobody answers. */
  async resume(): Promise<boolean> {
    if (this.isLoggedIn()) return true;
    this.#mark = this.#options.mark.read();
    if (this.#mark === null) return false;
    this.#isResuming = true;
    try {
      return (await this.#access.renew()) !== null;
    } finally {
      this.#isResuming = false;
    }
  }

  /** A token that will do for a request sent now, or as good as there is; null where nobody is logged in. */
  usableToken(): string | Promise<string | null> | null {
    if (this.#access.isUsable || this.#mark === null) return this.token();
    return this.#access.renew().catch(() => this.token());
  }

  /** The token that follows `refused`; null when the session is over. Rejects when nobody answers. */
  tokenAfter(refused: string): Promise<string | null> {
    const token = this.token();
    return token !== null && token !== refused ? Promise.resolve(token) : this.#access.renew();
  }

  /** Forgets the session, in every tab, and goes to the log-in page, which says why and comes back here afterwards. */
  end(notice: string | null): void {
    this.#options.mark.remove();
    this.#leave(notice);
  }

  #refused(): void {
    const notice = isOnTheWall(this.#options.address()) ? ENDED_ON_THE_WALL : ENDED;
    // Whoever is on the way to a page is sent to log in from there.
    if (!this.#isResuming) this.end(notice);
    else {
      this.#options.mark.remove();
      this.#forget(notice);
    }
  }

  /** Somebody has logged in anew in another tab: the browser has their cookie. */
  #follow(mark: string): void {
    this.#access.drop();
    this.#mark = mark;
    this.me.set(null);
    this.#access.renew().catch(() => this.#leave(ENDED));
  }

  #leave(notice: string | null): void {
    this.#forget(notice);
    const from = this.#options.address();
    this.#options.showLogIn(notice === null || from.startsWith('/login') ? null : from);
  }

  #forget(notice: string | null): void {
    this.#mark = null;
    this.#access.drop();
    this.me.set(null);
    this.notice.set(notice);
  }
}

/** Whether a page is shown on a wall display, where nobody has asked for anything. */
function isOnTheWall(address: string): boolean {
  return new URL(address, 'http://localhost').searchParams.get('kiosk') === '1';
}
