import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { HostRoots } from '@perfwatch/procfs';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');
/** What lies between the two snapshots of every fixture host. */
export const FIXTURE_ELAPSED_MS = 1000;

/**
 * The /proc and /sys of a machine as plain files, at two ticks. A HostFs over it sees the first, after `advance` the second:
 * roots are looked up at every read.
 */
export interface FixtureHost extends HostRoots {
  readonly name: string;
  advance(): void;
}

/**
 * Names of all fixture hosts, the folders of libs/testing/fixtures. Captured from real machines and varied by hand:
 * `vm-no-swap` (two CPUs, no swap, no sensor), `vm-1-cpu` (swaps, reclaims, runs out of memory), `laptop` (coretemp, cpufreq; iowait and
 * guest step back; free-running counters of its memory controllers), `server-128-cpus` (gaps, CPUs that go and come, two k10temp, 16 amd_umc
 * on two sockets; a NUMA node that goes and one whose counters are reset; I/O stalled all the time), `arm64-64k-pages` (thermal zone),
 * `linux-2.6.32` (nine columns, no MemAvailable, sensors of that time; reclaim by zone), `missing-fields` (a container that is told little).
 * Networks: all below proc/1/net but that of `linux-2.6.32`, a copied tree; `laptop` (a VPN that comes), `server-128-cpus` (a bond below a VLAN
 * below a bridge, a port of a card's own switch, a card reset, a container that goes and one that comes), `arm64-64k-pages` (a counter of 32 bits
 * that wraps, a card that goes), `vm-1-cpu` (no IPv6), `missing-fields` (no /sys).
 */
export function fixtureHostNames(): string[] {
  return readdirSync(FIXTURES).sort();
}

/** A fixture host at its first tick. Throws when there is none of that name. */
export function fixtureHost(name: string): FixtureHost {
  if (!fixtureHostNames().includes(name)) throw new Error(`There is no fixture host "${name}": ${fixtureHostNames().join(', ')}`);
  let tick = 1;
  const rootOf = (tree: string) => join(FIXTURES, name, `tick-${tick}`, tree);
  return {
    name,
    get procRoot() {
      return rootOf('proc');
    },
    get sysRoot() {
      return rootOf('sys');
    },
    get rootRoot() {
      return rootOf('root');
    },
    advance() {
      tick = 2;
    },
  };
}
