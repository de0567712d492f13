import { SORT_KEYS, type SortKey } from './host-lines.ts';

export const LAYOUTS = ['tiles', 'rows'] as const;
export type HostsLayout = (typeof LAYOUTS)[number];

/** What the address says of the list. */
export interface FleetView {
  search: string;
  sort: SortKey;
  isReversed: boolean;
  /** Key of the tag that makes the groups; null for none. */
  tag: string | null;
  layout: HostsLayout;
}

/** The query of an address, as it came: anyone may have written it. */
export interface FleetQuery {
  q?: string | undefined;
  sort?: string | undefined;
  group?: string | undefined;
  view?: string | undefined;
}

/** A view from its address; what the address does not say is as usual, with the layout that was chosen last. */
export function readFleetView({ q, sort, group, view }: FleetQuery, remembered: HostsLayout): FleetView {
  const isReversed = sort?.startsWith('-') === true;
  const key = isReversed ? sort.slice(1) : sort;
  return {
    search: q ?? '',
    sort: SORT_KEYS.find((known) => known === key) ?? 'name',
    isReversed: isReversed && SORT_KEYS.some((known) => known === key),
    tag: group === undefined || group === '' ? null : group,
    layout: LAYOUTS.find((known) => known === view) ?? remembered,
  };
}

/** A view as the query of its address: null takes a parameter away, as what is usual is not said. */
export function fleetQuery({ search, sort, isReversed, tag, layout }: FleetView): Record<keyof FleetQuery, string | null> {
  const isUsual = sort === 'name' && !isReversed;
  return {
    q: search === '' ? null : search,
    sort: isUsual ? null : `${isReversed ? '-' : ''}${sort}`,
    group: tag,
    view: layout,
  };
}
