/** What /proc/cpuinfo says of the processors' make. */
export interface CpuIdentity {
  model: string | null;
  vendor: string | null;
  sockets: number | null;
  cores: number | null;
  threads: number | null;
  /** The processor says that it runs under a hypervisor. */
  isVirtual: boolean;
}

const VENDOR_NAMES: Readonly<Record<string, string>> = { GenuineIntel: 'Intel', AuthenticAMD: 'AMD', HygonGenuine: 'Hygon' };

/** Fields of one processor's block, by their names in the file. */
function parseBlock(block: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return fields;
}

/** How many different values `keyOf` gives; null when no processor has one, as on Arm. */
function countDistinct(blocks: readonly Map<string, string>[], keyOf: (block: Map<string, string>) => string | undefined): number | null {
  const keys = new Set(blocks.map(keyOf).filter((key) => key !== undefined));
  return keys.size === 0 ? null : keys.size;
}

/** Parses /proc/cpuinfo, whose fields differ by architecture: what it does not say is null. Never throws. See proc_cpuinfo(5). */
export function parseCpuIdentity(text: string): CpuIdentity {
  const blocks = text
    .split(/\n\s*\n/)
    .map(parseBlock)
    .filter((block) => block.has('processor'));
  const all = parseBlock(text);
  const vendor = all.get('vendor_id') ?? null;
  return {
    model: all.get('model name') ?? all.get('Model') ?? all.get('cpu') ?? null,
    vendor: vendor === null ? null : (VENDOR_NAMES[vendor] ?? vendor),
    sockets: countDistinct(blocks, (block) => block.get('physical id')),
    cores: countDistinct(blocks, (block) => {
      const [socket, core] = [block.get('physical id'), block.get('core id')];
      return socket === undefined || core === undefined ? undefined : `${socket}/${core}`;
    }),
    threads: blocks.length === 0 ? null : blocks.length,
    isVirtual: /\bhypervisor\b/.test(all.get('flags') ?? ''),
  };
}
