import { ProcfsParseError, shown } from './parse-error.ts';

const BYTES_PER_MEGABIT = 125_000;
/** Answers of kernels to "unknown": -1, and the same in the 16 and 32 bits that it had before. */
const UNKNOWN_SPEEDS: ReadonlySet<string> = new Set(['-1', '0', '65535', '4294967295']);
const MAX_MEGABITS = 100_000_000;

/** Speed of a link in bytes per second, from /sys/class/net/<if>/speed. Null where the driver does not know. Throws ProcfsParseError. */
export function parseLinkSpeed(text: string): number | null {
  const value = text.trim();
  if (UNKNOWN_SPEEDS.has(value)) return null;
  const megabits = /^\d{1,9}$/.test(value) ? Number(value) : Number.POSITIVE_INFINITY;
  if (megabits > MAX_MEGABITS) throw new ProcfsParseError('/sys/class/net/*/speed', `${shown(value)} is not a speed`);
  return megabits * BYTES_PER_MEGABIT;
}

const OPERATIONAL_STATES = ['unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up'] as const;
export type OperationalState = (typeof OPERATIONAL_STATES)[number];

/** State of an interface by RFC 2863, from /sys/class/net/<if>/operstate. Throws ProcfsParseError. */
export function parseOperationalState(text: string): OperationalState {
  const state = OPERATIONAL_STATES.find((known) => known === text.trimEnd());
  if (state === undefined) throw new ProcfsParseError('/sys/class/net/*/operstate', `${shown(text)} is not a state`);
  return state;
}

const IFF_UP = 1;

/** Whether an interface was brought up, from /sys/class/net/<if>/flags. Throws ProcfsParseError. See netdevice(7). */
export function parseIsBroughtUp(text: string): boolean {
  const match = /^0x([0-9a-f]{1,8})\s*$/.exec(text);
  if (match === null) throw new ProcfsParseError('/sys/class/net/*/flags', `${shown(text)} is not flags`);
  return (Number.parseInt(match[1] ?? '', 16) & IFF_UP) !== 0;
}

/** Whether there is a carrier, from /sys/class/net/<if>/carrier. Throws ProcfsParseError. */
export function parseHasCarrier(text: string): boolean {
  const match = /^([01])\s*$/.exec(text);
  if (match === null) throw new ProcfsParseError('/sys/class/net/*/carrier', `${shown(text)} is neither 0 nor 1`);
  return match[1] === '1';
}

/** ARPHRD_ value of an interface, from /sys/class/net/<if>/type: 1 Ethernet, 772 loopback. Throws ProcfsParseError. */
export function parseHardwareType(text: string): number {
  if (!/^\d{1,5}\s*$/.test(text)) throw new ProcfsParseError('/sys/class/net/*/type', `${shown(text)} is not a type`);
  return Number(text);
}

/** DEVTYPE of an interface (`bridge`, `vlan`, `wireguard`), from /sys/class/net/<if>/uevent. Null where the kernel gives none. */
export function parseDeviceType(text: string): string | null {
  return /^DEVTYPE=(\S{1,32})$/m.exec(text)?.[1] ?? null;
}
