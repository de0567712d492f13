import { computed, signal, type WritableSignal } from '@angular/core';
import { checkedPreference, DEFAULT_PREFERENCES, PREFERENCE_KEYS, type PreferenceKey, type Preferences } from './preferences.ts';

/** What a browser keeps. */
export type PreferenceStorage = Pick<Storage, 'getItem' | 'setItem'>;

const PREFIX = 'perfwatch.';

/** What the viewer prefers, kept in a storage at once. */
export class KeptPreferences {
  readonly #storage: PreferenceStorage;
  readonly #held: WritableSignal<Preferences>;
  readonly #changed = signal<Partial<Preferences>>({});
  readonly theme = computed(() => this.#held().theme);
  readonly timeZone = computed(() => this.#held().timeZone);
  readonly windowMs = computed(() => this.#held().windowMs);
  readonly hiddenPanels = computed(() => this.#held().hiddenPanels);
  readonly panelOrder = computed(() => this.#held().panelOrder);
  readonly shortcuts = computed(() => this.#held().shortcuts);
  readonly welcomed = computed(() => this.#held().welcomed);
  /** What the viewer changed and `settle` was not told of yet. */
  readonly changed = this.#changed.asReadonly();

  constructor(storage: PreferenceStorage) {
    this.#storage = storage;
    this.#held = signal(PREFERENCE_KEYS.reduce<Preferences>((held, key) => ({ ...held, ...this.#read(key) }), DEFAULT_PREFERENCES));
  }

  /** A choice of the viewer's. */
  patch(change: Partial<Preferences>): void {
    this.adopt(change);
    this.#changed.update((changed) => ({ ...changed, ...change }));
  }

  /** Takes over what was chosen elsewhere: in another browser or tab. */
  adopt(change: Partial<Preferences>): void {
    this.#held.update((held) => ({ ...held, ...change }));
    for (const [key, value] of Object.entries(change)) {
      this.#storage.setItem(PREFIX + key, typeof value === 'string' ? value : JSON.stringify(value));
    }
  }

  /** Takes over what another tab has stored under a name, where it is one of ours. */
  adoptStored(name: string | null): void {
    for (const key of PREFERENCE_KEYS) if (name === PREFIX + key) this.#held.update((held) => ({ ...held, ...this.#read(key) }));
  }

  /** Some of the changes are on the server; those that were changed again meanwhile are not. */
  settle(sent: Partial<Preferences>): void {
    this.#changed.update((changed) =>
      PREFERENCE_KEYS.filter((key) => key in changed && changed[key] !== sent[key]).reduce<Partial<Preferences>>(
        (left, key) => ({ ...left, [key]: changed[key] }),
        {},
      ),
    );
  }

  #read(key: PreferenceKey): Partial<Preferences> {
    return checkedPreference(key, parsed(this.#storage.getItem(PREFIX + key)));
  }
}

/** Stored text as a value: JSON, or the text itself. */
function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}
