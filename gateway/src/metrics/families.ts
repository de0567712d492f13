import type { Family } from './exposition.ts';

/** Which metric a family is made of: no two share one. */
interface Owned {
  family: Family;
  owner: string;
}

/** The families of one answer, each with one owner. */
export class Families {
  readonly #owned = new Map<string, Owned>();

  /** The family of that name; null when another owner has it. A counter takes the name of its series too. */
  claim(owner: string, described: Omit<Family, 'lines'>): Family | null {
    const known = this.#owned.get(described.name);
    if (known !== undefined) return known.owner === owner ? known.family : null;
    const family: Family = { ...described, lines: [] };
    this.#owned.set(described.name, { family, owner });
    return family;
  }

  all(): Family[] {
    return [...this.#owned.values()].map(({ family }) => family);
  }
}
