import type { SortKey } from '../../fleet/host-lines.ts';
import { FLEET_MEASURES } from '../../fleet/measures.ts';

/** An order of the list, and the column it goes by. */
export interface HostSort {
  key: SortKey;
  title: string;
  about: string;
}

export const HOST_SORTS: readonly HostSort[] = [
  { key: 'name', title: 'Name', about: 'By name' },
  { key: 'state', title: 'State', about: 'By state, stale ones first' },
  ...FLEET_MEASURES.map(({ key, title, about }) => ({ key, title, about })),
  { key: 'seen', title: 'Last seen', about: 'By when they were last heard of, longest ago first' },
];

/** What the heads of the columns sort by, in their order. */
export const ROW_COLUMNS: readonly HostSort[] = HOST_SORTS.filter(({ key }) => key !== 'state');
