import { arch, hostname } from 'node:os';
import type { Inventory } from '@perfwatch/contract';
import { parseMeminfo, ProcfsParseError } from '@perfwatch/procfs';
import { parseCpuIdentity } from './cpuinfo.ts';
import type { MachineFiles } from './machine-files.ts';
import { parseOsRelease } from './os-release.ts';

const SECTOR_BYTES = 512;
const BYTES_PER_MEGABIT = 125_000;
const KHZ_PER_MHZ = 1000;
const MAX_TEXT = 300;

/** What a machine's own files say of it; unknown is null. */
export type MachineFacts = Omit<Inventory, 'host' | 'ts' | 'tags' | 'perfwatch_version'>;
type CpuFacts = NonNullable<MachineFacts['cpu']>;
type MemoryFacts = NonNullable<MachineFacts['memory']>;
type DiskFacts = NonNullable<MachineFacts['disks']>[number];
type NicFacts = NonNullable<MachineFacts['nics']>[number];

const short = (text: string | null | undefined): string | null => text?.slice(0, MAX_TEXT) ?? null;

/** When the machine started, from `btime` of /proc/stat; see proc_stat(5). */
export function parseBootTime(stat: string): string | null {
  const seconds = /^btime (\d{1,12})$/m.exec(stat)?.[1];
  return seconds === undefined ? null : new Date(Number(seconds) * 1000).toISOString();
}

async function readCpu(files: MachineFiles): Promise<{ cpu: CpuFacts; isVirtual: boolean }> {
  const [cpuinfo, maxKhz] = await Promise.all([files.proc('cpuinfo'), files.sysNumber('devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq')]);
  const { model, vendor, sockets, cores, threads, isVirtual } = parseCpuIdentity(cpuinfo ?? '');
  const max_mhz = maxKhz === null ? null : maxKhz / KHZ_PER_MHZ;
  return {
    cpu: { model: short(model), vendor: short(vendor), sockets_count: sockets, cores_count: cores, threads_count: threads, max_mhz },
    isVirtual,
  };
}

async function readMemory(files: MachineFiles): Promise<MemoryFacts> {
  const meminfo = await files.proc('meminfo');
  try {
    const values = parseMeminfo(meminfo ?? '');
    return { total_bytes: values.get('MemTotal') ?? null, swap_bytes: values.get('SwapTotal') ?? null };
  } catch (error) {
    if (error instanceof ProcfsParseError) return { total_bytes: null, swap_bytes: null };
    throw error;
  }
}

/** nvme, ssd or hdd, as far as the kernel knows; a virtual disk often claims to rotate. */
async function diskKind(files: MachineFiles, name: string): Promise<string | null> {
  if (name.startsWith('nvme')) return 'nvme';
  if (name.startsWith('vd') || name.startsWith('xvd')) return 'virtual';
  const rotational = await files.sysNumber(`block/${name}/queue/rotational`);
  return rotational === null ? null : rotational === 0 ? 'ssd' : 'hdd';
}

/** Disks that are devices: no loop, ram, device-mapper or md, which have no `device` in sysfs. */
async function readDisks(files: MachineFiles): Promise<DiskFacts[]> {
  const disks = await Promise.all(
    (await files.listSys('block')).map(async (name) => {
      if (!(await files.existsInSys(`block/${name}/device`))) return [];
      const [model, sectors, kind] = await Promise.all([
        files.sys(`block/${name}/device/model`),
        files.sysNumber(`block/${name}/size`),
        diskKind(files, name),
      ]);
      return [{ name, model: short(model), size_bytes: sectors === null ? null : sectors * SECTOR_BYTES, kind }];
    }),
  );
  return disks.flat();
}

/** Network interfaces but the loopback; those that are not devices, such as bridges and veth, only without a speed. */
async function readNics(files: MachineFiles): Promise<NicFacts[]> {
  const names = (await files.listSys('class/net')).filter((name) => name !== 'lo');
  return Promise.all(
    names.map(async (name) => {
      const [mac, megabits] = await Promise.all([files.sys(`class/net/${name}/address`), files.sysNumber(`class/net/${name}/speed`)]);
      return { name, mac: short(mac), speed_bytes_per_sec: megabits === null || megabits <= 0 ? null : megabits * BYTES_PER_MEGABIT };
    }),
  );
}

/** The machine's name: its own file when its root is mounted elsewhere, since a container has a name of its own. */
async function readHostname(files: MachineFiles, isOwnRoot: boolean): Promise<string | null> {
  return isOwnRoot ? hostname() : files.root('etc/hostname');
}

async function readVirtualization(files: MachineFiles, isVirtual: boolean): Promise<string | null> {
  const [hypervisor, product] = await Promise.all([files.sys('hypervisor/type'), files.sys('class/dmi/id/product_name')]);
  if (hypervisor !== null) return hypervisor;
  return isVirtual ? product : null;
}

/** Everything the files below the roots say. Never rejects. */
export async function readMachineFacts(files: MachineFiles, { isOwnRoot }: { isOwnRoot: boolean }): Promise<MachineFacts> {
  const { cpu, isVirtual } = await readCpu(files);
  const [name, osRelease, kernel, stat, memory, disks, nics, virtualization] = await Promise.all([
    readHostname(files, isOwnRoot),
    files.root('etc/os-release').then(async (text) => parseOsRelease(text ?? (await files.root('usr/lib/os-release')) ?? '')),
    files.proc('sys/kernel/osrelease'),
    files.proc('stat'),
    readMemory(files),
    readDisks(files),
    readNics(files),
    readVirtualization(files, isVirtual),
  ]);
  return {
    hostname: short(name),
    os: { name: short(osRelease.get('NAME')), version: short(osRelease.get('VERSION_ID')) },
    kernel: short(kernel),
    architecture: (await files.proc('sys/kernel/arch')) ?? arch(),
    virtualization: short(virtualization),
    boot_time: parseBootTime(stat ?? ''),
    cpu,
    memory,
    disks,
    nics,
  };
}
