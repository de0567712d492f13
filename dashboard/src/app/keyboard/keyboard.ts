import { type DestroyRef, inject, Injectable } from '@angular/core';
import { PreferencesStore } from '../preferences/preferences-store.ts';
import { KeyBindings, keyName, type Shortcut, type ShortcutGroup } from './key-bindings.ts';
import { takesKey } from './takes-key.ts';

/** Shortcuts of single keys, for the whole dashboard and for the page that is open. The viewer may switch them off. */
@Injectable({ providedIn: 'root' })
export class Keyboard {
  readonly #preferences = inject(PreferencesStore);
  readonly #bindings = new KeyBindings();

  constructor() {
    document.addEventListener('keydown', (event) => this.#press(event));
  }

  /**
   * Binds a key (`/`, `?`, `space`, `ArrowLeft`, `+`) or a sequence of two (`g h`) until `destroyRef` is destroyed. What is bound last
   * counts. Not heard while something is typed, or while a dialog or menu is open.
   */
  on(key: string, shortcut: Shortcut, destroyRef: DestroyRef): void {
    destroyRef.onDestroy(this.#bindings.add(key, shortcut));
  }

  /** Everything bound now. */
  groups(): ShortcutGroup[] {
    return this.#bindings.groups();
  }

  #press(event: KeyboardEvent): void {
    const key = keyName(event);
    if (key === null || event.defaultPrevented || event.isComposing || !this.#preferences.shortcuts() || takesKey(event.target, key))
      return;
    const done = this.#bindings.press(key, event.timeStamp);
    if (done === null || done === 'begun') return;
    event.preventDefault();
    done.run();
  }
}
