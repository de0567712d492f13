const MAX_FAULTS = 20;
/** What no outsider may see: where our code lies, how a database talks. */
const INSIDES = /\n\s+at .+[(:]|node_modules|\.[cm]?[jt]s:\d+|\bSQLSTATE\b|syntax error at or near|QueryError/;

export interface Answer {
  status: number;
  text: string;
}

/** What came of one kind of hostile input. */
export class Tally {
  readonly kind: string;
  readonly #outcomes = new Map<string, number>();
  readonly faults: string[] = [];
  sent = 0;

  constructor(kind: string) {
    this.kind = kind;
  }

  /** A message was sent, and what came of it. */
  count(outcome: string): void {
    this.sent += 1;
    this.note(outcome);
  }

  /** Something besides what came of a message. */
  note(outcome: string): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }

  /** Of the faults, the first twenty are told. */
  fault(what: string): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push(`${this.kind}: ${what}`);
  }

  /** Holds an answer to what is promised: no 5xx, no word of the inside. */
  answered(what: string, { status, text }: Answer): void {
    this.count(String(status));
    if (status >= 500) this.fault(`${what} is answered with ${status}: ${text.slice(0, 300)}`);
    this.inspect(what, text);
  }

  /** Whether an answer of any kind tells of the inside. */
  inspect(what: string, text: string): void {
    const inside = INSIDES.exec(text);
    if (inside !== null)
      this.fault(`${what} shows the inside: ${JSON.stringify(text.slice(Math.max(0, inside.index - 60), inside.index + 120))}`);
  }

  /** How many of each outcome. */
  summary(): string {
    const outcomes = [...this.#outcomes].toSorted(([a], [b]) => a.localeCompare(b)).map(([outcome, count]) => `${count} ${outcome}`);
    return `${this.kind}: ${this.sent} sent, ${outcomes.join(', ')}`;
  }
}
