import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inventorySchema } from '@perfwatch/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MachineFiles } from './machine-files.ts';
import { readMachineFacts } from './read-inventory.ts';

describe('what a machine says of itself', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'perfwatch-inventory-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  const read = () =>
    readMachineFacts(new MachineFiles({ procRoot: join(dir, 'proc'), sysRoot: join(dir, 'sys'), rootRoot: dir }), { isOwnRoot: false });

  it('comes from the trees it is given', async () => {
    write('etc/hostname', 'db-7\n');
    write('etc/os-release', 'NAME="Ubuntu"\nVERSION_ID="24.04"\n');
    write('proc/sys/kernel/osrelease', '6.8.0-45-generic\n');
    write('proc/sys/kernel/arch', 'aarch64\n');
    write('proc/stat', 'cpu  1 2 3 4\nbtime 1790000000\n');
    write('proc/meminfo', 'MemTotal:       16384 kB\nSwapTotal:       2048 kB\n');
    write('proc/cpuinfo', 'processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC\nphysical id\t: 0\ncore id\t: 0\n');
    write('sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq', '3400000\n');
    write('sys/block/sda/device/model', 'Samsung SSD 870 \n');
    write('sys/block/sda/size', '2048\n');
    write('sys/block/sda/queue/rotational', '0\n');
    write('sys/block/loop0/size', '8\n');
    write('sys/class/net/eth0/address', '02:fc:00:00:00:01\n');
    write('sys/class/net/eth0/speed', '10000\n');
    write('sys/class/net/veth1/speed', '-1\n');
    write('sys/class/net/lo/address', '00:00:00:00:00:00\n');
    expect(await read()).toEqual({
      hostname: 'db-7',
      os: { name: 'Ubuntu', version: '24.04' },
      kernel: '6.8.0-45-generic',
      architecture: 'aarch64',
      virtualization: null,
      boot_time: '2026-09-21T14:13:20.000Z',
      cpu: { model: 'AMD EPYC', vendor: 'AMD', sockets_count: 1, cores_count: 1, threads_count: 1, max_mhz: 3400 },
      memory: { total_bytes: 16_777_216, swap_bytes: 2_097_152 },
      disks: [{ name: 'sda', model: 'Samsung SSD 870', size_bytes: 1_048_576, kind: 'ssd' }],
      nics: [
        { name: 'eth0', mac: '02:fc:00:00:00:01', speed_bytes_per_sec: 1_250_000_000 },
        { name: 'veth1', mac: null, speed_bytes_per_sec: null },
      ],
    });
  });

  it('is null, not an error, where there is nothing', async () => {
    const facts = await read();
    expect(facts).toMatchObject({ hostname: null, kernel: null, boot_time: null, memory: { total_bytes: null }, disks: [], nics: [] });
    expect(inventorySchema.safeParse({ host: 'h', ts: new Date().toISOString(), ...facts }).success).toBe(true);
  });
});
