import { Component, DestroyRef, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { ApiTokenRecord, CreatedApiToken } from '@perfwatch/contract';
import { forkJoin } from 'rxjs';
import { problemText } from '../../../api/problem-text.ts';
import { UsersApi } from '../../../api/users-api.ts';
import { middleCut } from '../../../format/format.ts';
import { TimeDisplay } from '../../../preferences/time-display.ts';
import { Card } from '../card.ts';
import { ConfirmButton } from '../confirm-button.ts';
import { Loading } from '../loading.ts';
import { Notice } from '../notice.ts';
import { NewToken } from './new-token.ts';
import { NewTokenForm, type TokenOwner } from './new-token-form.ts';

const LONGEST_NAME = 28;

/** Tokens for programs: what there is, and new ones. */
@Component({
  selector: 'pw-tokens-section',
  imports: [Card, ConfirmButton, Loading, NewToken, NewTokenForm, Notice],
  templateUrl: './tokens-section.html',
  styleUrl: '../controls.scss',
})
export default class TokensSection {
  readonly #api = inject(UsersApi);
  readonly #destroyRef = inject(DestroyRef);
  readonly #clock = inject(TimeDisplay).clock;
  protected readonly tokens = signal<readonly ApiTokenRecord[] | null>(null);
  protected readonly owners = signal<readonly TokenOwner[]>([]);
  protected readonly created = signal<CreatedApiToken | null>(null);
  protected readonly fault = signal<string | null>(null);

  constructor() {
    this.load();
  }

  protected load(): void {
    this.fault.set(null);
    forkJoin({ tokens: this.#api.tokens(), users: this.#api.users() })
      .pipe(takeUntilDestroyed(this.#destroyRef))
      .subscribe({
        next: ({ tokens, users }) => {
          this.tokens.set(tokens.tokens);
          this.owners.set(users.users);
        },
        error: (error: unknown) => this.fault.set(problemText(error)),
      });
  }

  protected show(token: CreatedApiToken): void {
    this.created.set(token);
    this.load();
  }

  protected remove(token: ApiTokenRecord): void {
    this.fault.set(null);
    if (this.created()?.id === token.id) this.created.set(null);
    this.#api
      .removeToken(token.id)
      .pipe(takeUntilDestroyed(this.#destroyRef))
      .subscribe({ next: () => this.load(), error: (error: unknown) => this.fault.set(problemText(error)) });
  }

  protected readonly short = (name: string) => middleCut(name, LONGEST_NAME);

  protected isExpired(token: ApiTokenRecord): boolean {
    return token.expires_at !== null && Date.parse(token.expires_at) <= Date.now();
  }

  protected time(iso: string | null): string {
    return iso === null ? 'never' : this.#clock().moment(Date.parse(iso));
  }
}
