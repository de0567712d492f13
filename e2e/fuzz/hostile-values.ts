import type { SeededRandom } from '../soak-random.ts';

const LONG = 4000;
/** Texts that have broken other programs: terminators, half characters, directions, paths, queries, markup, names that every object has. */
const TEXTS: readonly string[] = [
  ...['', ' ', '\0', 'a\0b', '\r\nSet-Cookie: a=b', '\u202e', '\ud800', '\ufeff', '😀'.repeat(300), 'x'.repeat(LONG)],
  ...['../../../../etc/passwd', '%2e%2e%2f', '..\\..\\', '/dev/zero', 'file:///etc/passwd', 'C:\\'],
  ...["' OR 1=1 --", '"; DROP TABLE app_user; --', '$1', '%s%n', '${7*7}', '{{7*7}}', '<script>alert(1)</script>', '=cmd()'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'undefined', 'NaN', '-1', '1e999', '0x10', 'true'],
  ...[
    '2026-13-45T99:99:99Z',
    '0000-00-00',
    '+275760-09-13T00:00:00.001Z',
    '1969-12-31T23:59:59Z',
    '*',
    '>',
    'a.b.c',
    '$JS.API.>',
    '((((((((((((',
  ],
];
const NUMBERS: readonly number[] = [
  ...[0, -0, -1, 1, 0.1, 1e308, -1e308, 5e-324, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 2 ** 31, 2 ** 32, 2 ** 63, 4e9],
];

/** Values, bodies and names that nobody sends by accident; the same for the same seed. */
export class HostileValues {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** 0 to `max`, `max` not included. */
  integer(max: number): number {
    return Math.floor(this.#random.between(0, max));
  }

  pick<T>(items: readonly [T, ...T[]] | readonly T[], otherwise: T): T {
    return items[this.integer(items.length)] ?? otherwise;
  }

  chance(share: number): boolean {
    return this.#random.next() < share;
  }

  text(): string {
    if (this.chance(0.7)) return this.pick(TEXTS, '');
    return Array.from({ length: this.integer(40) }, () => String.fromCharCode(this.integer(0x10000))).join('');
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.integer(256)));
  }

  /** Any JSON value, at most `depth` deep. */
  value(depth = 3): unknown {
    const kind = this.integer(depth > 0 ? 8 : 5);
    if (kind === 0) return this.text();
    if (kind === 1) return this.pick(NUMBERS, 0);
    if (kind === 2) return this.chance(0.5);
    if (kind === 3) return null;
    if (kind === 4) return this.integer(1_000_000);
    const length = this.integer(5);
    if (kind === 5) return Array.from({ length }, () => this.value(depth - 1));
    return Object.fromEntries(Array.from({ length }, () => [this.text(), this.value(depth - 1)]));
  }

  /** `value` with one or two of its parts replaced, removed, or joined by others. */
  spoilt(value: unknown): unknown {
    if (this.chance(0.25)) return this.value();
    if (Array.isArray(value)) {
      if (this.chance(0.2)) return [...value, this.value(1)];
      const at = this.integer(value.length);
      return value.map((part: unknown, index) => (index === at ? this.spoilt(part) : part));
    }
    if (typeof value !== 'object' || value === null) return this.value(2);
    const entries: [string, unknown][] = Object.entries(value);
    if (this.chance(0.2)) return Object.fromEntries([...entries, [this.text(), this.value(2)]]);
    const at = this.integer(entries.length);
    return Object.fromEntries(
      entries.flatMap(([key, part], index) => (index === at ? (this.chance(0.2) ? [] : [[key, this.spoilt(part)]]) : [[key, part]])),
    );
  }

  /** A body as it goes over the wire: JSON that is spoilt, or no JSON at all. */
  body(example: unknown): Buffer {
    const kind = this.integer(12);
    if (kind === 0) return this.bytes(this.integer(200));
    if (kind === 1) return Buffer.from('['.repeat(this.integer(20_000)));
    if (kind === 2) return Buffer.from(`{"__proto__":${JSON.stringify(this.value(2))},"constructor":{"prototype":{"x":1}}}`);
    const text = JSON.stringify(this.spoilt(example));
    if (kind === 3) return Buffer.from(text.slice(0, this.integer(text.length)));
    if (kind === 4) return Buffer.concat([Buffer.from(text.slice(0, -1)), this.bytes(5)]);
    return Buffer.from(text);
  }

  /** An address that no other program of the test has. */
  address(): string {
    return `198.${18 + this.integer(2)}.${this.integer(256)}.${1 + this.integer(254)}`;
  }
}
