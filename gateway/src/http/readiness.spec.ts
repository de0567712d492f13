import { describe, expect, it } from 'vitest';
import { createReadiness, readinessOf } from './readiness.ts';

const up = { up: true, reason: null };
const down = (reason: string) => ({ up: false, reason });
const all = { auth: up, history: up, persistence: up, settings: up };

describe('readinessOf', () => {
  it('is ready when all that is needed is up, whatever else is down', () => {
    const readiness = readinessOf(up, { ...all, 'collector-cpu': down('no /proc') });
    expect(readiness.status).toBe('ready');
    expect(readiness.dependencies).toMatchObject({ database: up, 'collector-cpu': { up: false } });
  });

  it('tells of retention, and is ready without', () => {
    expect(readinessOf(up, all)).toMatchObject({ status: 'ready', dependencies: { retention: down('not running') } });
    expect(readinessOf(up, { ...all, retention: up }).dependencies['retention']).toEqual(up);
  });

  it('passes on what a service that is up has to tell, and does not put it down to the database', () => {
    const told = { up: true, reason: '12 Samples were dropped' };
    const { status, dependencies } = readinessOf(up, { ...all, auth: told, persistence: told });
    expect({ status, persistence: dependencies['persistence'], database: dependencies['database'] }).toEqual({
      status: 'ready',
      persistence: told,
      database: up,
    });
  });

  it.each(['auth', 'history', 'persistence', 'settings'])('is not ready without %s', (name) => {
    const { [name]: _, ...rest } = { ...all } as Record<string, typeof up>;
    const readiness = readinessOf(up, rest);
    expect(readiness.status).toBe('not_ready');
    expect(readiness.dependencies[name]).toEqual(down('not running'));
  });

  it('is not ready without NATS or the database, and says why', () => {
    expect(readinessOf(down('refused'), all)).toMatchObject({ status: 'not_ready', dependencies: { nats: { reason: 'refused' } } });
    const lost = down('connection refused');
    const services = { auth: lost, history: lost, persistence: lost, settings: lost };
    expect(readinessOf(up, services).dependencies['database']).toEqual(lost);
    expect(readinessOf(up, {}).dependencies['database']?.up).toBe(false);
  });
});

describe('createReadiness', () => {
  it('asks the cluster once however many ask, and survives one that does not answer', async () => {
    let asked = 0;
    const readiness = createReadiness({
      busState: () => ({ connected: true, reason: null }),
      clusterHealth: () => {
        asked++;
        return Promise.reject(new Error('NATS is away'));
      },
    });
    const answers = await Promise.all([readiness(), readiness(), readiness()]);
    expect(asked).toBe(1);
    expect(answers[0].status).toBe('not_ready');
  });
});
