import type { MetricPath, MetricValue, Metrics } from '@perfwatch/contract';
import type { Column } from '@perfwatch/store';
import type { Block } from './block-cache.ts';
import { pathKey, type SampleColumns } from './blocks.ts';

const ABSENT = 0;
const NULL = 1;
const NUMBER = 2;
const BYTES_PER_PATH = 400;

interface HotMinuteParts {
  times: Float64Array;
  paths: readonly MetricPath[];
  keys: readonly string[];
  columns: readonly Column[];
}

/** Hot rows of one minute as columns. */
export class HotMinute implements Block, SampleColumns {
  readonly times: Float64Array;
  readonly paths: readonly MetricPath[];
  readonly keys: readonly string[];
  readonly bytes: number;
  readonly #columns: readonly Column[];

  constructor({ times, paths, keys, columns }: HotMinuteParts) {
    this.times = times;
    this.paths = paths;
    this.keys = keys;
    this.#columns = columns;
    this.bytes = times.byteLength + columns.length * (9 * times.length + BYTES_PER_PATH);
  }

  column(pathIndex: number): Column {
    const column = this.#columns[pathIndex];
    if (column === undefined) throw new RangeError(`there is no column ${pathIndex}`);
    return column;
  }
}

interface Building {
  path: MetricPath;
  values: Float64Array;
  states: Uint8Array;
}

type Leaves = Map<string, Building>;

/** Takes the rows of a minute one by one, ascending, as JSON text. */
export class HotMinuteBuilder {
  readonly #capacity: number;
  readonly #times: number[] = [];
  readonly #metrics: Leaves = new Map();
  readonly #dimensions = new Map<string, Map<string, Leaves>>();
  readonly #all: Building[] = [];

  /** `capacity`: number of rows there will be. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(tsMs: number, metrics: Metrics): void {
    const row = this.#times.length;
    this.#times.push(tsMs);
    for (const name of Object.keys(metrics)) {
      const entry = metrics[name];
      if (typeof entry !== 'object' || entry === null) this.#put(row, this.#leafOf(this.#metrics, { metric: name }), entry ?? null);
      else {
        const instances = getOrMake(this.#dimensions, name, () => new Map<string, Leaves>());
        for (const instance of Object.keys(entry)) {
          const leaves = getOrMake(instances, instance, (): Leaves => new Map());
          const values = entry[instance] ?? {};
          for (const metric of Object.keys(values))
            this.#put(row, this.#leafOf(leaves, { metric, dimension: name, instance }), values[metric] ?? null);
        }
      }
    }
  }

  /** `neighbour`: its list of paths is taken where it is the same, so that lists can be compared by identity. */
  build(neighbour: HotMinute | null): HotMinute {
    const keys = this.#all.map(({ path }) => pathKey(path));
    const isSame = neighbour?.keys.length === keys.length && keys.every((key, index) => key === neighbour.keys[index]);
    const columns = this.#all.map(({ values, states }) => ({ values, states: states.every((state) => state === NUMBER) ? null : states }));
    const own = { keys, paths: this.#all.map(({ path }) => path) };
    const { keys: sharedKeys, paths } = isSame ? neighbour : own;
    return new HotMinute({ times: Float64Array.from(this.#times), columns, keys: sharedKeys, paths });
  }

  #leafOf(leaves: Leaves, path: MetricPath): Building {
    return getOrMake(leaves, path.metric, () => {
      const building = {
        path,
        values: new Float64Array(this.#capacity).fill(NaN),
        states: new Uint8Array(this.#capacity).fill(ABSENT),
      };
      this.#all.push(building);
      return building;
    });
  }

  #put(row: number, { values, states }: Building, value: MetricValue): void {
    states[row] = value === null ? NULL : NUMBER;
    if (value !== null) values[row] = value;
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
