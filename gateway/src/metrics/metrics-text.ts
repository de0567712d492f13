import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SystemReply } from '@perfwatch/contract';
import type { Format, Family } from './exposition.ts';
import { expositionOf } from './exposition.ts';
import { Families } from './families.ts';
import type { MetricHelp } from './metric-help.ts';
import type { NewestSamples } from './newest-samples.ts';
import { claimOwnFamilies, writeOwnFamilies, type OwnState } from './own-families.ts';
import { SampleFamilies, type SeriesLimits } from './sample-families.ts';

/** However many scrape, and in whatever format: it is written once in this time, a tick by default. */
const FRESH_MS = 1000;

export interface MetricsTextOptions {
  newest: NewestSamples;
  help: Pick<MetricHelp, 'describe' | 'learn'>;
  system: () => Promise<SystemReply>;
  live: () => OwnState['live'];
  limits?: SeriesLimits;
}

const compress = promisify<string, Buffer>(gzip);

interface Written {
  atMs: number;
  families: Promise<readonly Family[]>;
  texts: Map<Format, string>;
  compressed: Map<Format, Promise<Buffer>>;
}

/** The text of `/metrics`. */
export class MetricsText {
  readonly #options: MetricsTextOptions;
  #latest: Written | null = null;
  #tookSeconds: number | null = null;
  #hasHelp = false;

  constructor(options: MetricsTextOptions) {
    this.#options = options;
  }

  async read(format: Format): Promise<string> {
    const { texts, families } = this.#current();
    const written = await families;
    const text = texts.get(format) ?? expositionOf(written, format);
    texts.set(format, text);
    return text;
  }

  /** The same by gzip(1), which takes a third of the time that the text does, on another thread. */
  readCompressed(format: Format): Promise<Buffer> {
    const { compressed } = this.#current();
    const known = compressed.get(format) ?? this.read(format).then((text) => compress(text));
    compressed.set(format, known);
    return known;
  }

  #current(): Written {
    const nowMs = performance.now();
    if (this.#latest === null || nowMs - this.#latest.atMs >= FRESH_MS) {
      this.#latest = { atMs: nowMs, families: this.#write(), texts: new Map(), compressed: new Map() };
    }
    return this.#latest;
  }

  async #write(): Promise<readonly Family[]> {
    const { newest, help, system, live, limits } = this.#options;
    const reply = await system();
    const samples = newest.current();
    const learning = help.learn(samples);
    // Only the first answer waits for its words; later ones have those of before.
    if (!this.#hasHelp) await learning;
    this.#hasHelp ||= samples.length > 0;
    const startedMs = performance.now();
    const families = new Families();
    claimOwnFamilies(families);
    const writer = new SampleFamilies({
      families,
      describe: (source) => help.describe(source),
      ...(limits === undefined ? {} : { limits }),
    });
    await writer.write(samples);
    const { received, dropped } = newest;
    const { series, leftOut } = writer;
    const exporter = { received, dropped, series, leftOut, tookSeconds: this.#tookSeconds };
    writeOwnFamilies(families, { system: reply, nodeVersion: process.versions.node, live: live(), samples, exporter });
    this.#tookSeconds = (performance.now() - startedMs) / 1000;
    return families.all();
  }
}
