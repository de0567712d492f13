import type { CatalogEntry } from '@perfwatch/contract';
import { PERF_EVENT_GROUPS } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { capabilities, countingFaults, GROUP_CHOICES } from './counting.ts';

const entry: CatalogEntry = {
  host: 'vm',
  collector: 'perf-events',
  ts: '2026-11-23T19:20:31.000Z',
  title: 'Performance events',
  metrics: {
    ipc_ratio: { title: 'IPC', unit: 'ratio', kind: 'rate', unavailable: 'no PMU' },
    page_faults_per_sec: { title: 'Page faults', unit: 'per_sec', kind: 'rate' },
    cycles_per_sec: { title: 'Cycles', unit: 'per_sec', kind: 'rate', unavailable: 'no PMU' },
    package_watts: { title: 'Package', unit: 'watts', kind: 'rate', unavailable: 'no RAPL' },
  },
  dimensions: {},
  instances: {},
  status: 'partial',
  reason: null,
};

describe('capabilities', () => {
  it('tells what a host counts, and what it cannot by cause', () => {
    expect(capabilities([entry])).toEqual([
      {
        host: 'vm',
        counted: ['Page faults'],
        missing: [
          { reason: 'no PMU', titles: ['IPC', 'Cycles'] },
          { reason: 'no RAPL', titles: ['Package'] },
        ],
      },
    ]);
  });
});

describe('countingFaults', () => {
  it.each([
    ['all', null],
    ['0-3,8', null],
    ['0-', /0-.*is not a number or a range/],
    ['', /missing/],
    ['3-1', /backwards/],
  ])('of the CPUs %j', (cpus, fault) => {
    const found = countingFaults({ cpus, groups: ['core'] }).cpus;
    if (fault === null) expect(found).toBeNull();
    else expect(found).toMatch(fault);
  });

  it('wants a group', () => {
    expect(countingFaults({ cpus: 'all', groups: [] })).toEqual({ cpus: null, groups: expect.stringMatching(/one group at least/) });
  });
});

it('offers every group that there is', () => {
  expect(GROUP_CHOICES.map(({ group }) => group)).toEqual([...PERF_EVENT_GROUPS]);
});
