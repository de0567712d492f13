import { describe, expect, it } from 'vitest';
import { configUpdateSchema } from './config.ts';
import { historyQuerySchema } from './history.ts';
import { loginRequestSchema } from './http.ts';
import { explain, parseInput, PerfwatchError } from './problem.ts';
import { subscribeSchema } from './subscription.ts';
import type { z } from 'zod';

function refusal(schema: z.ZodType, input: unknown): PerfwatchError {
  try {
    parseInput(schema, input, 'body');
  } catch (error) {
    if (error instanceof PerfwatchError) return error;
  }
  throw new Error('it was accepted');
}

const history = (field: object) => ({ metric_type: 'cpu', ...field });

describe('input that is refused', () => {
  it.each<[string, z.ZodType, unknown, string, string]>([
    ['a missing field', loginRequestSchema, { username: 'a' }, 'password', 'is missing'],
    ['no body', loginRequestSchema, undefined, '', 'is missing'],
    ['null for a body', loginRequestSchema, null, '', 'must be an object'],
    ['another type', loginRequestSchema, { username: 1, password: 'x' }, 'username', 'must be a text'],
    [
      'a text that is too long',
      loginRequestSchema,
      { username: 'a'.repeat(257), password: 'x' },
      'username',
      'must have at most 256 characters',
    ],
    ['no number', historyQuerySchema, history({ limit: 'abc' }), 'limit', 'must be a number'],
    ['a fraction', historyQuerySchema, history({ limit: '1.5' }), 'limit', 'must be a whole number'],
    ['a number below the bound', historyQuerySchema, history({ limit: '0' }), 'limit', 'must be at least 1'],
    ['a number above the bound', historyQuerySchema, history({ limit: '10001' }), 'limit', 'must be at most 10000'],
    ['a value there is not', historyQuerySchema, history({ agg: 'sum' }), 'agg', 'must be one of avg, min, max'],
    ['a value there is not among several', historyQuerySchema, history({ agg: ['avg', 'sum'] }), 'agg', 'must be one of avg, min, max'],
    ['a field there is not', configUpdateSchema, { interval_ms: 1000, bogus: 1 }, '', 'has no field called bogus'],
    [
      'a truth value as text',
      configUpdateSchema,
      { collectors: { cpu: { enabled: 'no' } } },
      'collectors.cpu.enabled',
      'must be true or false',
    ],
    ['a list that is too long', subscribeSchema, { hosts: Array(1001).fill('x') }, 'hosts', 'must have at most 1000 entries'],
  ])('names %s in words for whoever sent it', (_, schema, input, path, message) => {
    const { code, issues } = refusal(schema, input);
    expect({ code, issues }).toEqual({ code: 'bad_input', issues: [{ path, message }] });
  });

  it('says what a name must be where the name itself is wrong', () => {
    const [issue] = refusal(configUpdateSchema, { collectors: { 'a.b': { enabled: true } } }).issues;
    expect(issue).toEqual({ path: 'collectors.a.b', message: expect.stringMatching(/^has a name that cannot be: it must be 1 to 63 of/) });
  });

  it('keeps the words that a schema has of its own', () => {
    expect(refusal(historyQuerySchema, history({ interval: '1w' })).issues).toEqual([
      { path: 'interval', message: 'must be auto, raw or a duration such as 5s, 1m, 1h' },
    ]);
  });

  it('has no settings for a host whose name an object would lose', () => {
    expect(refusal(configUpdateSchema, { host: '__proto__', interval_ms: 1000 }).issues).toEqual([
      { path: 'host', message: 'cannot be __proto__' },
    ]);
  });
});

describe('an explanation', () => {
  it.each([
    [new PerfwatchError('not_found', 'It is away'), 'It is away'],
    [new PerfwatchError('not_found', 'It is away', { hint: 'Start it.' }), 'It is away. Start it.'],
    [new PerfwatchError('not_found', 'Is it away?', { hint: 'Start it.' }), 'Is it away? Start it.'],
  ])('is one sentence after another: %s', (error, text) => {
    expect(explain(error)).toBe(text);
  });
});
