import { Component, computed, inject, input, linkedSignal, output, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';
import { MAX_TOKEN_DAYS, type CreatedApiToken, type TokenScope, type UserRecord } from '@perfwatch/contract';
import { problemText } from '../../../api/problem-text.ts';
import { UsersApi } from '../../../api/users-api.ts';
import { SessionStore } from '../../../session/session-store.ts';
import { Notice } from '../notice.ts';

/** Who a token may belong to. */
export type TokenOwner = Pick<UserRecord, 'id' | 'username' | 'role'>;

const SCOPES: readonly { scope: TokenScope; title: string }[] = [
  { scope: 'read', title: 'Read: gets everything, changes nothing' },
  { scope: 'annotate', title: 'Annotate: reads, and sets marks' },
  { scope: 'admin', title: 'Admin: everything its owner may' },
];
const LIVES: readonly { days: number | null; title: string }[] = [
  { days: 7, title: 'in 7 days' },
  { days: 30, title: 'in 30 days' },
  { days: 90, title: 'in 90 days' },
  { days: MAX_TOKEN_DAYS, title: 'in a year' },
  { days: null, title: 'never: until somebody removes it' },
];
const DEFAULT_DAYS = 90;

/** Makes a token. */
@Component({
  selector: 'pw-new-token-form',
  imports: [FormsModule, MatButton, MatFormField, MatHint, MatInput, MatLabel, MatOption, MatSelect, Notice],
  templateUrl: './new-token-form.html',
  styleUrl: '../controls.scss',
})
export class NewTokenForm {
  readonly owners = input.required<readonly TokenOwner[]>();
  readonly created = output<CreatedApiToken>();
  readonly #api = inject(UsersApi);
  readonly #me = inject(SessionStore).me;
  protected readonly lives = LIVES;
  protected readonly name = signal('');
  protected readonly days = signal<number | null>(DEFAULT_DAYS);
  protected readonly ownerId = linkedSignal(() => this.#me()?.id ?? null);
  readonly #isAdmin = computed(() => this.owners().find(({ id }) => id === this.ownerId())?.role === 'admin');
  protected readonly scopes = computed(() => (this.#isAdmin() ? SCOPES : SCOPES.slice(0, 1)));
  protected readonly scope = linkedSignal<TokenScope>(() => this.scopes()[0]?.scope ?? 'read');
  protected readonly isSending = signal(false);
  protected readonly fault = signal<string | null>(null);
  protected readonly canSend = computed(() => !this.isSending() && this.name().trim() !== '');

  protected create(): void {
    if (!this.canSend()) return;
    this.isSending.set(true);
    this.fault.set(null);
    const owner = this.ownerId();
    const token = { name: this.name(), scope: this.scope(), expires_in_days: this.days(), ...(owner === null ? {} : { user_id: owner }) };
    this.#api.createToken(token).subscribe({
      next: (created) => {
        this.isSending.set(false);
        this.name.set('');
        this.created.emit(created);
      },
      error: (error: unknown) => {
        this.isSending.set(false);
        this.fault.set(problemText(error));
      },
    });
  }
}
