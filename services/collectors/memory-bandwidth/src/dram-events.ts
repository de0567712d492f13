import { listPmuDevices, parseCpuModel, readPmuDevice, type HostFs, type PmuDevice, type PmuEvent } from '@perfwatch/procfs';

export type Direction = 'read' | 'write' | 'total';

/** An event of a PMU that counts what goes to or comes from memory. */
export interface DramEvent {
  readonly pmu: PmuDevice;
  readonly name: string;
  /** In the terms of the PMU's formats. */
  readonly terms: string;
  readonly direction: Direction;
  /** Bytes that one count stands for. */
  readonly bytes: number;
}

/** Events that sysfs names; `bytes` of one count where sysfs gives no scale. */
interface NamedEvent {
  readonly name: RegExp;
  readonly direction: Direction;
  readonly bytes?: number;
}

/** An event that sysfs does not name, as its maker documents it. */
interface DocumentedEvent {
  readonly name: string;
  readonly terms: string;
  readonly direction: Direction;
  readonly bytes: number;
}

interface Rule {
  readonly pmus: RegExp;
  readonly named: readonly NamedEvent[];
  /** Taken where sysfs names none of `named`. */
  readonly documented?: readonly DocumentedEvent[];
  /** Whether the documented events are true on this machine. */
  readonly isDocumentedFor?: (fs: HostFs) => boolean;
}

const CACHE_LINE_BYTES = 64;
const UNIT_BYTES: Readonly<Record<string, number>> = { Bytes: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, MB: 1e6 };
const MAX_PMUS = 512;

/**
 * Family 17h, and of 19h the models of Zen 3: later ones count otherwise. See AMD's Processor Programming References, and
 * bsp_init_amd of Linux' arch/x86/kernel/cpu/amd.c.
 */
function isZen1To3(fs: HostFs): boolean {
  const cpu = fs.parseProc('cpuinfo', parseCpuModel);
  if (cpu?.vendor !== 'AuthenticAMD' || cpu.model === null) return false;
  return cpu.family === 0x17 || (cpu.family === 0x19 && (cpu.model <= 0x0f || (cpu.model >= 0x20 && cpu.model <= 0x5f)));
}

/** DRAM channel data controllers 0 to 7 of the data fabric: event 0x07 in steps of 0x40, requests with data. */
const DATA_FABRIC_CHANNELS: readonly DocumentedEvent[] = Array.from({ length: 8 }, (_, channel) => ({
  name: `dram_channel_data_controller_${channel}`,
  terms: `event=0x${(0x07 + 0x40 * channel).toString(16)},umask=0x38`,
  direction: 'total',
  bytes: CACHE_LINE_BYTES,
}));

/**
 * Where memory traffic can be counted, the best first: the first rule that finds an event is taken, and no other, so that nothing is
 * counted twice. Events are those that the kernel's drivers name in sysfs. It names none for AMD: these are from the event files of Linux'
 * tools/perf (pmu-events/arch/x86/amdzen4/memory-controller.json, amdzen3/data-fabric.json), their 64 bytes from its metrics
 * umc_mem_read_bandwidth and nps1_die_to_dram. HiSilicon's 32 bytes are from its metrics for hip09 (uncore-ddrc-metric.json), Nvidia's
 * 32-byte beats from the Grace performance tuning guide. What Arm's mesh asks of a memory controller is a cache line each.
 */
const RULES: readonly Rule[] = [
  {
    pmus: /^uncore_imc(?:_\d+)?$/,
    named: [
      { name: /^cas_count_read$/, direction: 'read' },
      { name: /^cas_count_write$/, direction: 'write' },
    ],
  },
  {
    pmus: /^uncore_imc(?:_\d+)?$/,
    named: [
      { name: /^cas_count_read_sch\d$/, direction: 'read' },
      { name: /^cas_count_write_sch\d$/, direction: 'write' },
    ],
  },
  {
    pmus: /^uncore_imc$/,
    named: [
      { name: /^data_reads$/, direction: 'read' },
      { name: /^data_writes$/, direction: 'write' },
    ],
  },
  {
    pmus: /^uncore_imc_free_running(?:_\d+)?$/,
    named: [
      { name: /^(?:data_)?read$/, direction: 'read' },
      { name: /^(?:data_)?write$/, direction: 'write' },
    ],
  },
  { pmus: /^uncore_imc_free_running(?:_\d+)?$/, named: [{ name: /^data_total$/, direction: 'total' }] },
  {
    pmus: /^amd_umc_\d+$/,
    named: [
      { name: /^umc_cas_cmd\.rd$/, direction: 'read', bytes: CACHE_LINE_BYTES },
      { name: /^umc_cas_cmd\.wr$/, direction: 'write', bytes: CACHE_LINE_BYTES },
    ],
    documented: [
      { name: 'umc_cas_cmd.rd', terms: 'event=0x0a,rdwrmask=0x1', direction: 'read', bytes: CACHE_LINE_BYTES },
      { name: 'umc_cas_cmd.wr', terms: 'event=0x0a,rdwrmask=0x2', direction: 'write', bytes: CACHE_LINE_BYTES },
    ],
  },
  { pmus: /^amd_df$/, named: [], documented: DATA_FABRIC_CHANNELS, isDocumentedFor: isZen1To3 },
  {
    pmus: /^nvidia_scf_pmu_\d+$/,
    named: [
      { name: /^cmem_rd_data$/, direction: 'read', bytes: 32 },
      { name: /^cmem_wr_total_bytes$/, direction: 'write', bytes: 1 },
    ],
  },
  {
    pmus: /^hisi_sccl\d+_ddrc\d+(?:_\d+)?$/,
    named: [
      { name: /^flux_rd$/, direction: 'read', bytes: 32 },
      { name: /^flux_wr$/, direction: 'write', bytes: 32 },
    ],
  },
  { pmus: /^arm_cmn(?:_\d+)?$/, named: [{ name: /^hn[fs]_mc_reqs(?:_local_all)?$/, direction: 'total', bytes: CACHE_LINE_BYTES }] },
];

/** What one count stands for; null where neither sysfs nor the rule says. */
function bytesOf({ scale, unit }: PmuEvent, documented: number | undefined): number | null {
  if (scale === null) return documented ?? null;
  const unitBytes = unit === null ? undefined : UNIT_BYTES[unit];
  return unitBytes === undefined ? null : scale * unitBytes;
}

function namedEvents(pmu: PmuDevice, { named }: Rule): DramEvent[] {
  const events: DramEvent[] = [];
  for (const [name, event] of pmu.events) {
    const rule = named.find((candidate) => candidate.name.test(name));
    const bytes = rule === undefined ? null : bytesOf(event, rule.bytes);
    if (rule !== undefined && bytes !== null) events.push({ pmu, name, terms: event.terms, direction: rule.direction, bytes });
  }
  return events;
}

function eventsOf(pmus: readonly PmuDevice[], rule: Rule, fs: HostFs): DramEvent[] {
  const named = pmus.flatMap((pmu) => namedEvents(pmu, rule));
  if (named.length > 0 || pmus.length === 0 || rule.documented === undefined) return named;
  if (rule.isDocumentedFor?.(fs) === false) return [];
  const { documented } = rule;
  return pmus.flatMap((pmu) => documented.map((event) => ({ pmu, ...event })));
}

/** Names of the PMUs that may count memory traffic, in their numbers' order. */
export function listDramPmus(fs: HostFs): string[] {
  const names = listPmuDevices(fs).filter((name) => RULES.some(({ pmus }) => pmus.test(name)));
  return names.sort((one, other) => one.localeCompare(other, 'en', { numeric: true })).slice(0, MAX_PMUS);
}

/**
 * The events that together count what this machine reads from and writes to memory, each byte once. Empty where no PMU of `names` does.
 * Reads some dozen small files of each.
 */
export function findDramEvents(fs: HostFs, names: readonly string[]): DramEvent[] {
  const devices = new Map<string, PmuDevice | null>();
  const read = (name: string): PmuDevice | null => {
    const device = devices.get(name) ?? readPmuDevice(fs, name);
    devices.set(name, device);
    return device;
  };
  for (const rule of RULES) {
    const pmus = names
      .filter((name) => rule.pmus.test(name))
      .map(read)
      .filter((pmu) => pmu !== null);
    const events = eventsOf(pmus, rule, fs);
    if (events.length > 0) return events;
  }
  return [];
}
