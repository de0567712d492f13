import { SegmentError } from './segment-error.ts';

/** What a line of a segment holds. Throws SegmentError where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SegmentError('its JSON is damaged', error);
  }
}

/** A field of what was read from JSON; undefined where there is none. */
export function fieldOf(json: unknown, name: string | number): unknown {
  return typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined;
}

export function listOf(json: unknown): readonly unknown[] {
  if (Array.isArray(json)) return json;
  throw new SegmentError('a list of it is damaged');
}
