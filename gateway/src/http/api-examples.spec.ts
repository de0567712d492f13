import { describe, expect, it } from 'vitest';
import { EXAMPLES } from './api-examples.ts';

describe('the examples of the API', () => {
  const all = Object.entries(EXAMPLES).flatMap(([operation, { request, response }]) =>
    [request, response].flatMap((example) => (example === undefined ? [] : [{ operation, example }])),
  );
  it.each(all)('of $operation fit its schema', ({ example }) => {
    expect(example.schema.safeParse(example.value).error).toBeUndefined();
  });
});
