/** What a key does, and how the list of shortcuts says it. */
export interface Shortcut {
  group: string;
  label: string;
  run(): void;
}

/** Shortcuts of one group as the list shows them; `keys` are alternatives. */
export interface ShortcutGroup {
  group: string;
  entries: { label: string; keys: string[] }[];
}

/** How long after the first key of a sequence the second one counts. */
export const SEQUENCE_MS = 1500;

interface Binding {
  key: string;
  shortcut: Shortcut;
}

/** Keys and what they do. Of two bindings of one key the later counts: a page's before those of the whole dashboard. */
export class KeyBindings {
  #bindings: readonly Binding[] = [];
  #prefix: { key: string; atMs: number } | null = null;

  /** Binds a key as `keyName` gives it, or a sequence of two: `g h`. Returns how to unbind it. */
  add(key: string, shortcut: Shortcut): () => void {
    const binding = { key, shortcut };
    this.#bindings = [...this.#bindings, binding];
    return () => {
      this.#bindings = this.#bindings.filter((other) => other !== binding);
    };
  }

  /** What a press at a moment does: run a shortcut, begin a sequence, or nothing. */
  press(key: string, atMs: number): Shortcut | 'begun' | null {
    const prefix = this.#prefix !== null && atMs - this.#prefix.atMs <= SEQUENCE_MS ? this.#prefix.key : null;
    this.#prefix = null;
    const bound = (prefix === null ? undefined : this.#find(`${prefix} ${key}`)) ?? this.#find(key);
    if (bound !== undefined) return bound.shortcut;
    if (!this.#bindings.some((binding) => binding.key.startsWith(`${key} `))) return null;
    this.#prefix = { key, atMs };
    return 'begun';
  }

  /** Everything bound now, in the order of binding; those of pages first. */
  groups(): ShortcutGroup[] {
    const groups = new Map<string, Map<string, string[]>>();
    for (const { key, shortcut } of this.#bindings) {
      if (this.#find(key)?.shortcut !== shortcut) continue;
      const entries = groups.get(shortcut.group) ?? new Map<string, string[]>();
      groups.set(shortcut.group, entries);
      entries.set(shortcut.label, [...(entries.get(shortcut.label) ?? []), key]);
    }
    return [...groups].map(([group, entries]) => ({ group, entries: [...entries].map(([label, keys]) => ({ label, keys })) })).reverse();
  }

  #find(key: string): Binding | undefined {
    return this.#bindings.findLast((binding) => binding.key === key);
  }
}

/** A key's name in bindings: the character it types, in lower case, or the name of a key that types none. Null with Ctrl, Alt or Meta. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey'>): string | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  if (event.key === ' ') return 'space';
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

/** The same for the eye: `←`, `Space`, `G`. */
export function keyCap(key: string): string {
  return CAPS[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

const CAPS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  space: 'Space',
  Escape: 'Esc',
};
