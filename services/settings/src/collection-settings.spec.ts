import { configFor, configSchema, configUpdateSchema, type ConfigUpdate } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { MAX_COLLECTORS, MAX_DOCUMENT_BYTES, MAX_HOSTS, initialConfig, parseConfig, updatedConfig } from './collection-settings.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 19, 20, 31);
const applied = (...updates: ConfigUpdate[]) =>
  updates.reduce((config, update) => updatedConfig({ config, update, nowMs: NOW_MS }), initialConfig(1000));
const collectors = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, { enabled: true }]));

describe('updatedConfig', () => {
  it('changes the defaults and leaves what the update does not name', () => {
    const config = applied(
      { collectors: { cpu: { enabled: false } } },
      { interval_ms: 500 },
      { collectors: { memory: { enabled: false } } },
    );
    expect(config).toMatchObject({ interval_ms: 500, collectors: { cpu: { enabled: false }, memory: { enabled: false } }, hosts: {} });
  });

  it('gives one host its own settings, and only those that were named', () => {
    const config = applied({ host: 'db', collectors: { cpu: { enabled: false } } }, { interval_ms: 5000 });
    expect(config.hosts).toEqual({ db: { collectors: { cpu: { enabled: false } } } });
    expect(configFor(config, 'db')).toMatchObject({ interval_ms: 5000, collectors: { cpu: { enabled: false } } });
    expect(configFor(config, 'web')).toMatchObject({ interval_ms: 5000, collectors: {} });
  });

  it('counts other events on one host, by what was named alone', () => {
    const config = applied({ host: 'db', perf_events: { cpus: '0-3' } }, { perf_events: { groups: ['core'], per_core: false } });
    expect(config.hosts['db']).toEqual({ perf_events: { cpus: '0-3' } });
    expect(configFor(config, 'db').perf_events).toEqual({ cpus: '0-3', groups: ['core'], per_core: false });
    expect(configFor(config, 'web').perf_events).toEqual({ cpus: 'all', groups: ['core'], per_core: false });
  });

  it('takes back what one host has of its own, and forgets a host that has nothing left', () => {
    const own: ConfigUpdate = { host: 'db', interval_ms: 5000, collectors: { cpu: { enabled: false } }, perf_events: { cpus: '0-3' } };
    const before = applied(own, { host: 'web', interval_ms: 200 });
    const steps: [ConfigUpdate, unknown][] = [
      [
        { host: 'db', interval_ms: null },
        { collectors: { cpu: { enabled: false } }, perf_events: { cpus: '0-3' } },
      ],
      [{ host: 'db', collectors: { cpu: null } }, { perf_events: { cpus: '0-3' } }],
      [{ host: 'db', perf_events: null }, undefined],
    ];
    const after = steps.reduce((config, [update, left]) => {
      const next = updatedConfig({ config, update, nowMs: NOW_MS });
      expect(next.hosts['db']).toEqual(left);
      return next;
    }, before);
    expect(after.hosts).toEqual({ web: { interval_ms: 200 } });
    expect(configFor(after, 'db')).toEqual(configFor(initialConfig(1000), 'db'));
  });

  it.each([{ interval_ms: null }, { collectors: { cpu: null } }, { perf_events: null }])('cannot take back the default: %j', (update) => {
    expect(configUpdateSchema.safeParse(update).success).toBe(false);
    expect(configUpdateSchema.safeParse({ host: null, ...update }).success).toBe(false);
    expect(configUpdateSchema.safeParse({ host: 'db', ...update }).success).toBe(true);
  });

  it('takes a null host for all hosts', () => {
    expect(applied({ host: null, interval_ms: 250 }).interval_ms).toBe(250);
  });

  it.each(['__proto__', 'constructor', 'toString'])('takes a host named %s for a name like any other', (host) => {
    const config = applied({ host, interval_ms: 250 }, { host, collectors: { cpu: { enabled: false } } });
    expect(Object.keys(config.hosts)).toEqual([host]);
    expect(Object.getPrototypeOf(config.hosts)).toBe(Object.prototype);
    expect(Object.entries(config.hosts)).toEqual([[host, { interval_ms: 250, collectors: { cpu: { enabled: false } } }]]);
  });

  it('puts every change later than the one before, even when the clock goes back', () => {
    const first = applied({ interval_ms: 500 });
    const second = updatedConfig({ config: first, update: { interval_ms: 600 }, nowMs: NOW_MS - 3_600_000 });
    expect(first.updated_at).toBe('2026-11-23T19:20:31.000Z');
    expect(second.updated_at).toBe('2026-11-23T19:20:31.001Z');
  });

  it('does not touch the document it was given', () => {
    const before = applied({ host: 'db', interval_ms: 500 });
    const copy = structuredClone(before);
    updatedConfig({ config: before, update: { host: 'db', collectors: { cpu: { enabled: false } } }, nowMs: NOW_MS });
    expect(before).toEqual(copy);
  });

  it('refuses more hosts than its bound', () => {
    const full = { ...initialConfig(1000), hosts: Object.fromEntries(Array.from({ length: MAX_HOSTS }, (_, index) => [`h${index}`, {}])) };
    const update = (host: string) => () => updatedConfig({ config: full, update: { host, interval_ms: 500 }, nowMs: NOW_MS });
    expect(update('h1')).not.toThrow();
    expect(update('another')).toThrow(/at most 1000 hosts/);
  });

  it('refuses more collectors than its bound, in the defaults and for a host', () => {
    expect(() => applied({ collectors: collectors(MAX_COLLECTORS) })).not.toThrow();
    expect(() => applied({ collectors: collectors(MAX_COLLECTORS + 1) })).toThrow(/at most 200 collectors/);
    expect(() => applied({ host: 'db', collectors: collectors(MAX_COLLECTORS + 1) })).toThrow(/at most 200 collectors/);
  });

  it('refuses a document that would not fit a message', () => {
    const hosts = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`h${index}`, { collectors: collectors(MAX_COLLECTORS) }]));
    const config = { ...initialConfig(1000), hosts };
    expect(JSON.stringify(config).length).toBeGreaterThan(MAX_DOCUMENT_BYTES);
    expect(() => updatedConfig({ config, update: { interval_ms: 500 }, nowMs: NOW_MS })).toThrow(/at most 256 KiB/);
  });
});

describe('parseConfig', () => {
  it('reads what was stored', () => {
    const config = applied({ host: 'db', interval_ms: 500 });
    expect(parseConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
    expect(configSchema.parse(initialConfig(1000))).toEqual(initialConfig(1000));
  });

  it('counts every event after an upgrade from settings that did not know of any', () => {
    const { perf_events, ...stored } = initialConfig(1000);
    expect(parseConfig(stored).perf_events).toEqual(perf_events);
  });

  it.each([null, 'text', {}, { ...initialConfig(1000), interval_ms: 5 }])('refuses %j and says what to do', (document) => {
    expect(() => parseConfig(document)).toThrow(
      expect.objectContaining({ code: 'internal', hint: expect.stringMatching(/delete the row/) }),
    );
  });
});
