import {
  parseDeviceType,
  parseHardwareType,
  parseHasCarrier,
  parseIsBroughtUp,
  parseLinkSpeed,
  parseOperationalState,
  type HostFs,
} from '@perfwatch/procfs';

/** What sysfs tells about the kind of an interface. */
export interface InterfaceFacts {
  /** Names in its directory: `device` of hardware, `bridge`, `lower_eth0` of what it stands on, `upper_br0` of what stands on it. */
  readonly entries: ReadonlySet<string>;
  /** ARPHRD_ value; null where the entries already tell enough. */
  readonly hardwareType: number | null;
  /** DEVTYPE; null where there is none, or the entries already tell enough. */
  readonly deviceType: string | null;
  /** Name that the hardware gives the port, `pf0vf1`. */
  readonly portName: string | null;
}

/** Names in /sys/class/net that are no interface. */
const NO_INTERFACES: ReadonlySet<string> = new Set(['bonding_masters']);

/** Of hardware, and of what never counts in the totals: no more need be known. */
const TELLING_ENTRIES = ['device', 'bridge', 'bonding', 'brport'];

/** Interfaces that sysfs shows. Null where there is no /sys/class/net. */
export function listInterfaces(fs: HostFs): string[] | null {
  return fs.listSys('class/net')?.filter((name) => !NO_INTERFACES.has(name)) ?? null;
}

/** What sysfs tells about the kind of an interface. Null where it does not show it. */
export function readInterfaceFacts(fs: HostFs, name: string): InterfaceFacts | null {
  const directory = `class/net/${name}`;
  const names = fs.listSys(directory);
  if (names === null) return null;
  const entries = new Set(names);
  const isTold = TELLING_ENTRIES.some((entry) => entries.has(entry));
  return {
    entries,
    hardwareType: isTold ? null : fs.parseSys(`${directory}/type`, parseHardwareType),
    deviceType: isTold ? null : fs.parseSys(`${directory}/uevent`, parseDeviceType),
    portName: entries.has('device') ? (fs.readSys(`${directory}/phys_port_name`)?.trim() ?? null) : null,
  };
}

/** Bytes per second that the link can carry each way. Null where it is down, and of most virtual interfaces. */
export function readLinkSpeed(fs: HostFs, name: string): number | null {
  return fs.parseSys(`class/net/${name}/speed`, parseLinkSpeed);
}

/**
 * 1 when the interface can pass packets, else 0; null where sysfs does not tell. Loopback and tunnels have no operational state: they
 * are up when they were brought up and have a carrier.
 */
export function readUpRatio(fs: HostFs, name: string): 0 | 1 | null {
  const state = fs.parseSys(`class/net/${name}/operstate`, parseOperationalState);
  if (state !== null && state !== 'unknown') return state === 'up' ? 1 : 0;
  const isBroughtUp = fs.parseSys(`class/net/${name}/flags`, parseIsBroughtUp);
  if (isBroughtUp === null) return null;
  return isBroughtUp && fs.parseSys(`class/net/${name}/carrier`, parseHasCarrier) !== false ? 1 : 0;
}
