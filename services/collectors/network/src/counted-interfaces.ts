import type { InterfaceFacts } from './interface-facts.ts';

/** The interfaces that the totals are made of. */
export interface CountedInterfaces {
  readonly names: readonly string[];
  /** What they have in common, for the catalog. */
  readonly kind: string;
}

const LOOPBACK_TYPE = 772;
/** ARPHRD_ values of tunnels: none (tun, WireGuard), IPIP, IPv6 in IPv4 and so on. See linux/if_arp.h. */
const TUNNEL_TYPES: ReadonlySet<number> = new Set([65534, 768, 769, 776, 778, 823]);
const TUNNEL_DEVICE_TYPES: ReadonlySet<string> = new Set(['wireguard', 'vxlan', 'geneve', 'bareudp']);
/** Ports of a switch inside a network card: the card's own interface counts their traffic as well. */
const REPRESENTOR = /^(c\d+)?pf\d+((vf|sf)\d+)$/;

/** The host's end of a virtual machine's interface, which Xen gives a device of its own. */
const XEN_BACKEND = /^vif\d+\.\d+/;

const NAMED_LOOPBACK = /^lo$/;
/** Interfaces that only hand on what another counts, where nothing but the name tells. */
const NAMED_VIRTUAL =
  /^(lo|ifb\d|dummy|docker|br\d|br-|virbr|lxdbr|lxcbr|podman|cni|cbr|flannel|cali|cilium|lxc|veth|vnet|tap|macvtap|fwbr|fwln|fwpr|kube|nodelocaldns|bond|team|vlan|vxlan|ovs|.+\.\d+$|.+@)/;
const NAMED_TUNNEL = /^(tun|wg|tailscale|zt|ppp|gre|sit|tunl|ip6tnl|ip6_vti|ip_vti|erspan|gretap)/;
const NAMED_DISCARDING = /^(ifb|dummy)\d*$/;

type FactsByName = ReadonlyMap<string, InterfaceFacts | null>;

const isLoopback = (name: string, facts: InterfaceFacts) => facts.hardwareType === LOOPBACK_TYPE || NAMED_LOOPBACK.test(name);
const isTunnel = ({ hardwareType, deviceType, entries }: InterfaceFacts) =>
  entries.has('tun_flags') || TUNNEL_DEVICE_TYPES.has(deviceType ?? '') || TUNNEL_TYPES.has(hardwareType ?? 0);

function isPhysical(name: string, { entries, portName }: InterfaceFacts): boolean {
  return entries.has('device') && !REPRESENTOR.test(portName ?? '') && !XEN_BACKEND.test(name);
}

/** Whether it carries no other interface's traffic, and none of its own that another one carries. */
function isOutermost(name: string, { entries }: InterfaceFacts): boolean {
  if (entries.has('bridge') || entries.has('bonding') || entries.has('brport') || NAMED_DISCARDING.test(name)) return false;
  return ![...entries].some((entry) => entry.startsWith('lower_'));
}

/** Physical interfaces that no other one gathers, as the synthetic interface of Azure does with the card behind it. */
function physicalNames(known: readonly (readonly [string, InterfaceFacts])[]): string[] {
  const physical = new Map(known.filter(([name, facts]) => isPhysical(name, facts)));
  const isGathered = ({ entries }: InterfaceFacts) => [...physical.keys()].some((upper) => entries.has(`upper_${upper}`));
  return [...physical].filter(([, facts]) => !isGathered(facts)).map(([name]) => name);
}

function byName(names: readonly string[]): CountedInterfaces {
  const outer = names.filter((name) => !NAMED_VIRTUAL.test(name));
  const plain = outer.filter((name) => !NAMED_TUNNEL.test(name));
  return { names: plain.length > 0 ? plain : outer, kind: 'interfaces that by their name carry traffic of their own' };
}

/**
 * The interfaces whose traffic is the machine's, each packet counted once: the physical ones where there are any. In a container or a virtual
 * machine without, those that neither carry others nor are carried, and tunnels only where there is nothing else. By name where sysfs
 * tells nothing.
 */
export function countedInterfaces(interfaces: FactsByName): CountedInterfaces {
  const known = [...interfaces].flatMap(([name, facts]) => (facts === null ? [] : [[name, facts] as const]));
  if (known.length === 0) return byName([...interfaces.keys()]);
  const physical = physicalNames(known);
  if (physical.length > 0) return { names: physical, kind: 'physical interfaces' };
  const outermost = known.filter(([name, facts]) => !isLoopback(name, facts) && isOutermost(name, facts));
  const plain = outermost.filter(([, facts]) => !isTunnel(facts));
  // The host's ends of routed containers, which sysfs shows no different from this machine's own end.
  const own = plain.filter(([name]) => !NAMED_VIRTUAL.test(name));
  const chosen = [own, plain].find(({ length }) => length > 0);
  return {
    names: (chosen ?? outermost).map(([name]) => name),
    kind: chosen === undefined ? 'tunnels (there is no other interface)' : 'interfaces that carry no other (there is no physical one)',
  };
}
