import type { Unit } from '@perfwatch/contract';
import type { ChoosableCollector } from './choosable.ts';
import type { DimensionInfo, MetricInfo } from './describe.ts';
import { formatChoice, type MetricChoice } from './metric-choice.ts';

/** A line of the picker: a collector's heading, or something that may be chosen. */
export type PickerRow = HeadingRow | ChoiceRow;

export interface HeadingRow {
  kind: 'collector';
  key: string;
  title: string;
  help: string;
  isOpen: boolean;
  /** Of its metrics, chosen ones. */
  chosenCount: number;
}

export interface ChoiceRow {
  kind: 'choice';
  key: string;
  choice: MetricChoice;
  title: string;
  unit: Unit | null;
  help: string;
  isChosen: boolean;
  /** An instance below its metric. */
  isInstance: boolean;
  /** Why no host has it; null where one does. */
  unavailable: string | null;
  /** Instances below it: how many, and whether they are shown; null where it has none. */
  instances: { count: number; isOpen: boolean } | null;
}

export interface PickerQuery {
  search: string;
  /** Keys of rows whose parts are shown. */
  open: ReadonlySet<string>;
  chosen: ReadonlySet<string>;
}

/** Rows that are drawn at once: more are found by searching. */
export const MOST_ROWS = 250;

/** The picker's list. A search opens what it finds; each word must be in the names or titles on the way to a metric, or in an instance. */
export function pickerRows(collectors: readonly ChoosableCollector[], query: PickerQuery): { rows: PickerRow[]; leftOut: number } {
  const words = query.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const rows = collectors.flatMap((collector) => collectorRows(collector, { ...query, words }));
  return { rows: rows.slice(0, MOST_ROWS), leftOut: Math.max(0, rows.length - MOST_ROWS) };
}

interface Search extends PickerQuery {
  words: readonly string[];
}

const hasAll = (text: string, words: readonly string[]) => words.every((word) => text.includes(word));

function collectorRows(collector: ChoosableCollector, search: Search): PickerRow[] {
  const isSearching = search.words.length > 0;
  const isOpen = isSearching || search.open.has(collector.name);
  const prefix = `${collector.name}:`;
  const heading: HeadingRow = {
    kind: 'collector',
    key: collector.name,
    title: collector.title,
    help: collector.help ?? '',
    isOpen,
    chosenCount: [...search.chosen].filter((key) => key.startsWith(prefix)).length,
  };
  if (!isOpen) return [heading];
  const rows = [
    ...collector.metrics.flatMap((metric) => metricRows({ collector, dimension: null, metric }, search)),
    ...collector.dimensions.flatMap((dimension) =>
      dimension.metrics.flatMap((metric) => metricRows({ collector, dimension, metric }, search)),
    ),
  ];
  return isSearching && rows.length === 0 ? [] : [heading, ...rows];
}

interface Place {
  collector: ChoosableCollector;
  dimension: DimensionInfo | null;
  metric: MetricInfo;
}

function metricRows({ collector, dimension, metric }: Place, search: Search): ChoiceRow[] {
  const choice: MetricChoice = { collector: collector.name, metric: metric.name, dimension: dimension?.name ?? null, instance: null };
  const text = [collector.name, collector.title, dimension?.name, dimension?.title, metric.name, metric.title].join(' ').toLowerCase();
  const isFound = hasAll(text, search.words);
  const all = dimension === null ? [] : (collector.instances.get(dimension.name) ?? []);
  const found = isFound ? all : all.filter((instance) => hasAll(`${text} ${instance.toLowerCase()}`, search.words));
  if (!isFound && found.length === 0) return [];
  const key = formatChoice(choice);
  const isOpen = !isFound || search.open.has(key);
  const row: ChoiceRow = {
    kind: 'choice',
    key,
    choice,
    title: dimension === null ? metric.title : `${dimension.title}: ${metric.title}`,
    unit: metric.unit,
    help: metric.help ?? '',
    isChosen: search.chosen.has(key),
    isInstance: false,
    unavailable: metric.unavailable ?? dimension?.unavailable ?? null,
    instances: all.length === 0 ? null : { count: all.length, isOpen },
  };
  return isOpen ? [row, ...found.map((instance) => instanceRow(row, instance, search))] : [row];
}

function instanceRow(parent: ChoiceRow, instance: string, search: Search): ChoiceRow {
  const choice = { ...parent.choice, instance };
  const key = formatChoice(choice);
  return { ...parent, key, choice, title: instance, isChosen: search.chosen.has(key), isInstance: true, instances: null };
}
