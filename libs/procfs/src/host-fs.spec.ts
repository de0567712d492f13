import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostFs } from './host-fs.ts';
import { parseLoadavg } from './loadavg.ts';
import { readPageSizeBytes } from './page-size.ts';
import { parseProcStat } from './proc-stat.ts';
import { findCpuSensors } from './sensors.ts';

let root: string;
let fs: HostFs;

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perfwatch-host-fs-'));
  fs = new HostFs({ procRoot: join(root, 'proc'), sysRoot: join(root, 'sys'), rootRoot: root });
});
afterEach(() => {
  fs.close();
  rmSync(root, { recursive: true });
});

describe('HostFs', () => {
  it('reads a file anew each time', () => {
    put('proc/loadavg', '1');
    expect(fs.readProc('loadavg')).toBe('1');
    put('proc/loadavg', 'longer');
    expect(fs.readProc('loadavg')).toBe('longer');
    put('proc/loadavg', '');
    expect(fs.readProc('loadavg')).toBe('');
  });

  it('gives null and the reason for a file that is not there, until it is', () => {
    expect(fs.readSys('class/x')).toBeNull();
    expect(fs.faultOfSys('class/x')).toBe(`${root}/sys/class/x does not exist on this machine`);
    put('sys/class/x', 'here');
    expect(fs.readSys('class/x')).toBe('here');
    expect(fs.faultOfSys('class/x')).toBeNull();
  });

  it('does not wait at a pipe in the place of a file', () => {
    mkdirSync(join(root, 'proc'));
    execFileSync('mkfifo', [join(root, 'proc/stat')]);
    expect(fs.readProc('stat')).toBeNull();
    expect(fs.faultOfProc('stat')).toContain('cannot be read (ESPIPE)');
  });

  it('gives null and the reason for a directory', () => {
    mkdirSync(join(root, 'proc/self'), { recursive: true });
    expect(fs.readProc('self')).toBeNull();
    expect(fs.faultOfProc('self')).toContain('EISDIR');
  });

  it.skipIf(process.getuid?.() === 0)('says who may not read a file (root may read everything)', () => {
    put('proc/secret', 'x');
    chmodSync(join(root, 'proc/secret'), 0);
    expect(fs.readProc('secret')).toBeNull();
    expect(fs.faultOfProc('secret')).toContain('may not be read by this user');
  });

  it('reads files larger than a page, and than its first buffer, whole', () => {
    const text = 'line of text\n'.repeat(40_000);
    put('proc/stat', text);
    expect(fs.readProc('stat')).toBe(text);
  });

  it('refuses a file without an end', () => {
    put('proc/huge', 'x'.repeat(8 * 1024 * 1024 + 1));
    expect(fs.readProc('huge')).toBeNull();
    expect(fs.faultOfProc('huge')).toContain('more than 8388608 bytes');
  });

  it('gives null and the reason for a file that its parser refuses', () => {
    put('proc/loadavg', 'none');
    expect(fs.parseProc('loadavg', parseLoadavg)).toBeNull();
    expect(fs.faultOfProc('loadavg')).toContain('does not begin with three load averages');
  });

  it('keeps no file open that is parsed once', () => {
    put('sys/fs/resctrl/count', '3');
    const before = readdirSync('/proc/self/fd').length;
    expect(fs.parseSysOnce('fs/resctrl/count', Number)).toBe(3);
    expect(readdirSync('/proc/self/fd').length).toBe(before);
    fs.parseSys('fs/resctrl/count', Number);
    expect(readdirSync('/proc/self/fd').length).toBe(before + 1);
  });

  it('keeps no more files open than it may', () => {
    const count = 1100;
    for (let file = 0; file < count; file += 1) put(`sys/f${file}`, String(file));
    for (let round = 0; round < 2; round += 1) {
      for (let file = 0; file < count; file += 1) expect(fs.readSys(`f${file}`)).toBe(String(file));
    }
  });

  it('reads again after it was closed', () => {
    put('proc/uptime', '5');
    fs.readProc('uptime');
    fs.close();
    expect(fs.readProc('uptime')).toBe('5');
  });

  it('reads the files of this machine', () => {
    const here = new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' });
    const first = here.parseProc('stat', parseProcStat);
    const second = here.parseProc('stat', parseProcStat);
    expect(second?.contextSwitches ?? 0).toBeGreaterThan(0);
    expect(second?.contextSwitches).toBeGreaterThanOrEqual(first?.contextSwitches ?? Infinity);
    expect([4096, 16384, 65536]).toContain(readPageSizeBytes(here));
    here.close();
  });
});

describe('findCpuSensors', () => {
  it('finds nothing where there is no hwmon', () => {
    expect(findCpuSensors(fs)).toEqual([]);
  });

  it('leaves disks and mainboards out, and tells several chips apart in their order', () => {
    for (const [chip, name] of Object.entries({ hwmon10: 'coretemp', hwmon2: 'coretemp', hwmon1: 'drivetemp', hwmon0: 'acpitz' })) {
      put(`sys/class/hwmon/${chip}/name`, `${name}\n`);
      put(`sys/class/hwmon/${chip}/temp2_label`, 'Core 0\n');
      put(`sys/class/hwmon/${chip}/temp2_input`, '1000\n');
    }
    expect(findCpuSensors(fs)).toEqual([
      { name: 'coretemp.0 Core 0', kind: 'core', path: 'class/hwmon/hwmon2/temp2_input' },
      { name: 'coretemp.1 Core 0', kind: 'core', path: 'class/hwmon/hwmon10/temp2_input' },
    ]);
  });

  it('prefers Tdie, which Tctl is an offset of', () => {
    put('sys/class/hwmon/hwmon0/name', 'k10temp\n');
    for (const [index, label] of ['Tctl', 'Tdie', 'Tccd1'].entries()) {
      put(`sys/class/hwmon/hwmon0/temp${index + 1}_label`, `${label}\n`);
      put(`sys/class/hwmon/hwmon0/temp${index + 1}_input`, '1000\n');
    }
    expect(findCpuSensors(fs).map(({ kind }) => kind)).toEqual(['part', 'package', 'part']);
  });

  it('falls back on the thermal zones of the CPU', () => {
    put('sys/class/thermal/thermal_zone0/type', 'acpitz\n');
    put('sys/class/thermal/thermal_zone1/type', 'x86_pkg_temp\n');
    expect(findCpuSensors(fs)).toEqual([{ name: 'thermal_zone1 x86_pkg_temp', kind: 'package', path: 'class/thermal/thermal_zone1/temp' }]);
  });
});
