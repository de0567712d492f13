import type { Inventory } from '@perfwatch/contract';
import { figureText, middleCut } from '../../format/format.ts';

/** A short fact about a machine; `title` says it in full. */
export interface Chip {
  key: string;
  text: string;
  title: string;
}

const LONGEST = 34;

/** Trademarks and filler that take room and say nothing. */
const shortModel = (model: string) =>
  model
    .replace(/\((R|TM|C)\)/gi, '')
    .replace(/\b(CPU|Processor)\b/g, '')
    .replace(/@.*$/, '')
    .replace(/\s+/g, ' ')
    .trim();

/** What a machine is, in up to five chips; what is not known is left out. */
export function inventoryChips(inventory: Inventory | null): Chip[] {
  if (inventory === null) return [];
  const { os, cpu, memory, kernel, virtualization, tags } = inventory;
  const chips: Chip[] = Object.entries(tags ?? {})
    .slice(0, 3)
    .map(([name, value]) => ({ key: `tag-${name}`, text: value, title: `${name}: ${value}` }));
  const add = (key: string, text: string | null | undefined, title: string | null | undefined = text) => {
    if (text !== null && text !== undefined && text !== '') chips.push({ key, text: middleCut(text, LONGEST), title: title ?? text });
  };
  add('os', os?.name === undefined || os.name === null ? null : [os.name, os.version?.split(' ')[0]].filter(Boolean).join(' '));
  const threads = cpu?.threads_count;
  const count = threads === null || threads === undefined ? '' : ` × ${threads}`;
  add(
    'cpu',
    cpu?.model === null || cpu?.model === undefined ? null : `${middleCut(shortModel(cpu.model), LONGEST - 6)}${count}`,
    `${cpu?.model ?? ''}${count}`,
  );
  add(
    'memory',
    memory?.total_bytes === null || memory?.total_bytes === undefined ? null : figureText(memory.total_bytes, 'bytes'),
    'Memory',
  );
  add('kernel', kernel === null || kernel === undefined ? null : `Linux ${kernel}`);
  add('virtualization', virtualization, 'Virtual machine');
  return chips;
}
