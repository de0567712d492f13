import { describe, expect, it, onTestFinished } from 'vitest';
import { machineOfFiles } from '../test/machine-of-files.ts';
import { ResctrlTraffic } from './resctrl-traffic.ts';

const RESCTRL = 'sys/fs/resctrl';
const counter = (group: string, cache = '00') => `${RESCTRL}${group}/mon_data/mon_L3_${cache}/mbm_total_bytes`;
/** Two caches, a control group, and a monitoring group of the root: its bytes are in those of the root. */
const MOUNTED = {
  [`${RESCTRL}/info/L3_MON/mon_features`]: 'llc_occupancy\nmbm_total_bytes\nmbm_local_bytes\n',
  [`${RESCTRL}/schemata`]: 'L3:0=ffff;1=ffff\n',
  [counter('')]: '1000\n',
  [counter('', '01')]: '2000\n',
  [counter('/mon_groups/watched')]: '400\n',
  [counter('/batch')]: '50\n',
  [`${RESCTRL}/mon_data/mon_L3_00/llc_occupancy`]: '7\n',
};

function machineWith(files: Readonly<Record<string, string>>) {
  const machine = machineOfFiles(files);
  onTestFinished(machine.dispose);
  const traffic = ResctrlTraffic.open(machine.fs);
  return { ...machine, traffic };
}

describe('ResctrlTraffic', () => {
  it('adds up caches and control groups, and no monitoring group, which is in its control group already', () => {
    const { traffic, put } = machineWith(MOUNTED);
    expect(traffic?.read(null)).toEqual({ read: null, write: null, total: null });
    put(counter(''), '1100\n');
    put(counter('', '01'), '2020\n');
    put(counter('/mon_groups/watched'), '480\n');
    put(counter('/batch'), '53\n');
    expect(traffic?.read(500)).toEqual({ read: null, write: null, total: 246 });
    expect(traffic?.fault).toBeNull();
    expect(Object.keys(traffic?.lacking ?? {})).toEqual(['dram_read_bytes_per_sec', 'dram_write_bytes_per_sec']);
  });

  it.each(['Unavailable', 'Error', 'Unassigned'])('knows nothing while a counter says %s, and says so', (word) => {
    const { traffic, put } = machineWith(MOUNTED);
    traffic?.read(null);
    put(counter('/batch'), `${word}\n`);
    expect(traffic?.read(1000).total).toBeNull();
    expect(traffic?.fault).toMatch(/no counter for .*batch/);
    put(counter('/batch'), '60\n');
    expect(traffic?.read(1000).total).toBeNull();
    expect([traffic?.read(1000).total, traffic?.fault]).toEqual([0, null]);
  });

  it('knows nothing for a tick when a group is gone, and goes on with the others', () => {
    const { traffic, remove } = machineWith(MOUNTED);
    traffic?.read(null);
    remove(`${RESCTRL}/batch`);
    expect(traffic?.read(1000).total).toBeNull();
    expect(traffic?.fault).toContain('does not exist');
    expect([traffic?.read(1000).total, traffic?.fault]).toEqual([0, null]);
  });

  it('adds a group that came when it looks for groups', () => {
    const { traffic, put } = machineWith(MOUNTED);
    traffic?.read(null);
    put(counter('/new'), '5\n');
    traffic?.discover();
    expect(traffic?.read(1000).total).toBeNull();
    put(counter('/new'), '12\n');
    expect(traffic?.read(1000).total).toBe(7);
  });

  it('reads no more than 256 counters, and says so', () => {
    const groups = Object.fromEntries(Array.from({ length: 260 }, (_, index) => [counter(`/g${index}`), '1\n']));
    const { traffic } = machineWith({ ...MOUNTED, ...groups });
    expect(traffic?.read(1000).total).toBeNull();
    expect(traffic?.fault).toContain('more than 256 counters');
  });

  it('says so when resctrl is no longer mounted', () => {
    const { traffic, remove } = machineWith(MOUNTED);
    remove(RESCTRL);
    traffic?.read(1000);
    expect(traffic?.read(1000).total).toBeNull();
    expect(traffic?.fault).toContain('mount -t resctrl');
  });

  it('is not there where resctrl is not mounted, or does not monitor memory bandwidth', () => {
    expect(machineWith({}).traffic).toBeNull();
    expect(machineWith({ [`${RESCTRL}/info/L3_MON/mon_features`]: 'llc_occupancy\n' }).traffic).toBeNull();
  });
});
