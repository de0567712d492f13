import { describe, expect, it } from 'vitest';
import {
  configFor,
  intervalToMs,
  parseInput,
  parseSubject,
  PerfwatchError,
  subjects,
  toSubjectToken,
  historyQuerySchema,
} from './index.ts';

describe('subjects', () => {
  it('are read back as they were built', () => {
    expect(parseSubject(subjects.metrics('web-1', 'cpu'))).toEqual({ kind: 'metrics', host: 'web-1', collector: 'cpu' });
    expect(parseSubject(subjects.catalog('web-1', 'cpu'))).toEqual({ kind: 'catalog', host: 'web-1', collector: 'cpu' });
    expect(parseSubject(subjects.host('web-1'))).toEqual({ kind: 'host', host: 'web-1' });
    expect(parseSubject(subjects.annotations('web-1'))).toEqual({ kind: 'annotations', host: 'web-1' });
  });

  it.each([
    'perfwatch.v1.metrics.web-1',
    'perfwatch.v1.metrics.web-1.cpu.extra',
    'perfwatch.v1.metrics.web 1.cpu',
    'perfwatch.v2.metrics.web-1.cpu',
    'perfwatch.v1.host.web-1.cpu',
    'perfwatch.v1.nothing.web-1',
    '',
  ])('does not take %j for one', (subject) => {
    expect(parseSubject(subject)).toBeNull();
  });

  it.each([
    ['db.example.com', 'db_example_com'],
    ['x'.repeat(80), 'x'.repeat(63)],
    ['', '_'],
    ['süd', 's_d'],
  ])('makes the hostname %j the token %j', (hostname, token) => {
    expect(toSubjectToken(hostname)).toBe(token);
  });
});

describe('parseInput', () => {
  it('names every wrong field', () => {
    const input = { metric_type: 'cpu', limit: '0', interval: 'often' };
    const error = (() => {
      try {
        return parseInput(historyQuerySchema, input, 'history query');
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(PerfwatchError);
    expect(error).toMatchObject({ code: 'bad_input', issues: [{ path: 'interval' }, { path: 'limit' }] });
  });
});

describe('intervalToMs', () => {
  it.each([
    ['500ms', 500],
    ['5s', 5000],
    ['1m', 60_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['auto', null],
    ['raw', null],
  ])('%s is %s', (text, ms) => {
    expect(intervalToMs(text)).toBe(ms);
  });
});

describe('configFor', () => {
  it("lays a host's own settings over the defaults", () => {
    const config = {
      interval_ms: 1000,
      collectors: { cpu: { enabled: true }, memory: { enabled: false } },
      perf_events: { cpus: 'all', groups: ['software' as const], per_core: true },
      hosts: { db: { interval_ms: 5000, collectors: { memory: { enabled: true } }, perf_events: { cpus: '0' } } },
      updated_at: null,
    };
    expect(configFor(config, 'db')).toEqual({
      interval_ms: 5000,
      collectors: { cpu: { enabled: true }, memory: { enabled: true } },
      perf_events: { cpus: '0', groups: ['software'], per_core: true },
    });
    expect(configFor(config, 'web')).toEqual({ interval_ms: 1000, collectors: config.collectors, perf_events: config.perf_events });
  });
});
