import { describe, expect, it } from 'vitest';
import { countedInterfaces } from './counted-interfaces.ts';
import type { InterfaceFacts } from './interface-facts.ts';

function facts(entries: string, more: Partial<InterfaceFacts> = {}): InterfaceFacts {
  return { entries: new Set(entries.split(' ')), hardwareType: 1, deviceType: null, portName: null, ...more };
}

const LO = facts('', { hardwareType: 772 });
const namesOf = (interfaces: Readonly<Record<string, InterfaceFacts | null>>) =>
  countedInterfaces(new Map(Object.entries(interfaces))).names;
const byName = (...names: string[]) => namesOf(Object.fromEntries(names.map((name) => [name, null])));

describe('totals are made of', () => {
  it('physical interfaces alone where there are any', () => {
    expect(
      namesOf({
        ...{ lo: LO, eth0: facts('device upper_bond0'), eth1: facts('device upper_bond0'), bond0: facts('bonding lower_eth0 lower_eth1') },
        ...{ 'bond0.100': facts('lower_bond0'), br0: facts('bridge lower_bond0.100'), veth1: facts('brport upper_br0') },
        ...{ tun0: facts('tun_flags', { hardwareType: 65534 }), wlan0: facts('device phy80211') },
      }),
    ).toEqual(['eth0', 'eth1', 'wlan0']);
  });

  it('no port of a switch inside a card, which the interface of the card counts too', () => {
    const interfaces = { eth0: facts('device', { portName: 'p0' }), eth0_0: facts('device', { portName: 'pf0vf3' }) };
    expect(namesOf(interfaces)).toEqual(['eth0']);
  });

  it("no end of a Xen guest's interface, which the bridge's own card counts too", () => {
    expect(namesOf({ eth0: facts('device brport'), 'vif1.0': facts('device brport'), xenbr0: facts('bridge') })).toEqual(['eth0']);
  });

  it('no card behind a physical interface that gathers it, as on Azure', () => {
    expect(namesOf({ eth0: facts('device lower_enP1s1'), enP1s1: facts('device upper_eth0 master') })).toEqual(['eth0']);
  });

  it('those that carry no other where none is physical', () => {
    expect(
      namesOf({
        ...{ lo: LO, eth0: facts(''), docker0: facts('bridge lower_veth1'), veth1: facts('brport upper_docker0'), ifb0: facts('') },
        ...{ dummy0: facts(''), wg0: facts('', { hardwareType: 65534, deviceType: 'wireguard' }), cali12: facts('') },
      }),
    ).toEqual(['eth0']);
  });

  it('tunnels only where there is nothing else', () => {
    const tun0 = facts('tun_flags', { hardwareType: 65534 });
    expect(countedInterfaces(new Map([...Object.entries({ lo: LO, tun0 })]))).toEqual({
      names: ['tun0'],
      kind: 'tunnels (there is no other interface)',
    });
  });

  it('nothing where there is only lo, whatever it is called', () => {
    expect(namesOf({ lo: LO })).toEqual([]);
    expect(namesOf({ loop7: LO })).toEqual([]);
  });

  it('what the names tell where sysfs tells nothing', () => {
    expect(byName('lo', 'eth0', 'eth1', 'bond0', 'eth0.7', 'docker0', 'br-1f', 'veth12', 'cali9', 'virbr0', 'tun0', 'wg0', 'ifb1')).toEqual(
      ['eth0', 'eth1'],
    );
    expect(byName('lo', 'tun0')).toEqual(['tun0']);
    expect(byName('lo')).toEqual([]);
  });
});
