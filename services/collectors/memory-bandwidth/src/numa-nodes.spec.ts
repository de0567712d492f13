import { describe, expect, it, onTestFinished } from 'vitest';
import { machineOfFiles } from '../test/machine-of-files.ts';
import { NumaNodes } from './numa-nodes.ts';

const NODE = 'sys/devices/system/node';
const numastat = (hits: number, misses: number) => `numa_hit ${hits}\nnuma_miss ${misses}\nnuma_foreign 0\n`;
const meminfo = (node: number, freeKib: number) => `Node ${node} MemTotal:        9 kB\nNode ${node} MemFree:  ${freeKib} kB\n`;

function machineWith(files: Readonly<Record<string, string>>) {
  const machine = machineOfFiles(files);
  onTestFinished(machine.dispose);
  return { ...machine, nodes: new NumaNodes(machine.fs) };
}

const TWO_NODES = {
  [`${NODE}/node0/numastat`]: numastat(100, 5),
  [`${NODE}/node0/meminfo`]: meminfo(0, 4),
  [`${NODE}/node10/numastat`]: numastat(7, 0),
  [`${NODE}/node10/meminfo`]: meminfo(10, 8),
};

describe('NumaNodes', () => {
  it('gives the rates and the free memory of each node', () => {
    const { nodes, put } = machineWith(TWO_NODES);
    expect(nodes.read(null)['0']).toEqual({ numa_hit_per_sec: null, numa_miss_per_sec: null, free_bytes: 4096 });
    put(`${NODE}/node0/numastat`, numastat(110, 6));
    expect(nodes.read(2000)).toEqual({
      0: { numa_hit_per_sec: 5, numa_miss_per_sec: 0.5, free_bytes: 4096 },
      10: { numa_hit_per_sec: 0, numa_miss_per_sec: 0, free_bytes: 8192 },
    });
    expect([nodes.lacking, nodes.fault]).toEqual([{}, null]);
  });

  it('leaves a node out that is gone, and begins anew when it comes back', () => {
    const { nodes, put, remove } = machineWith(TWO_NODES);
    nodes.read(null);
    remove(`${NODE}/node10`);
    expect([Object.keys(nodes.read(1000)), nodes.fault]).toEqual([['0'], null]);
    put(`${NODE}/node10/numastat`, numastat(9, 0));
    put(`${NODE}/node10/meminfo`, meminfo(10, 8));
    nodes.discover();
    expect(nodes.read(1000)['10']).toMatchObject({ numa_hit_per_sec: null, free_bytes: 8192 });
  });

  it('finds a node that came when it looks for nodes', () => {
    const { nodes, put } = machineWith(TWO_NODES);
    put(`${NODE}/node2/numastat`, numastat(9, 0));
    put(`${NODE}/node2/meminfo`, meminfo(2, 8));
    expect(Object.keys(nodes.read(null))).toEqual(['0', '10']);
    nodes.discover();
    expect(Object.keys(nodes.read(1000))).toEqual(['0', '2', '10']);
  });

  it('does not take counters that stand still for a rate of 0', () => {
    const { nodes } = machineWith({ ...TWO_NODES, 'proc/sys/vm/numa_stat': '0\n' });
    nodes.read(null);
    expect(nodes.read(1000)['0']).toEqual({ numa_hit_per_sec: null, numa_miss_per_sec: null, free_bytes: 4096 });
    expect(nodes.lacking['node.numa_hit_per_sec']).toContain('set vm.numa_stat to 1');
  });

  it('keeps what it can read of a node, and says what it cannot', () => {
    const { nodes } = machineWith({ ...TWO_NODES, [`${NODE}/node0/meminfo`]: 'garbage\n' });
    expect(nodes.read(null)['0']).toMatchObject({ free_bytes: null });
    expect(nodes.fault).toContain('has no MemFree');
  });

  it('says so where the kernel knows no nodes', () => {
    const { nodes } = machineWith({});
    expect(nodes.read(null)).toEqual({});
    expect(nodes.lacking.node).toContain('CONFIG_NUMA');
  });
});
