import { SAMPLE_STATUSES, type Host, type HostEvent, type SampleStatus } from '@perfwatch/contract';

const known = (status: string): SampleStatus | undefined => SAMPLE_STATUSES.find((name) => name === status);

/** The list with what an event says of one of its hosts. Collectors that the list does not have yet come with the next one. */
export function withHostEvent(hosts: readonly Host[], { host: name, inventory, status }: HostEvent): readonly Host[] {
  return hosts.map((host) => {
    if (host.host !== name) return host;
    const collectors = host.collectors.map((state) => {
      const told = status[state.collector];
      const toldStatus = told === undefined ? undefined : known(told.status);
      return told === undefined || toldStatus === undefined ? state : { ...state, status: toldStatus, reason: told.reason };
    });
    return { ...host, collectors, inventory: inventory ?? host.inventory };
  });
}
