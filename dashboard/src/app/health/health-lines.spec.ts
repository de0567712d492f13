import { describe, expect, it } from 'vitest';
import { healthLines } from './health-lines.ts';

const up = { up: true, reason: null };
const down = (reason: string | null) => ({ up: false, reason });
const texts = (dependencies: Parameters<typeof healthLines>[0]['dependencies']) => healthLines({ dependencies }).map(({ text }) => text);

describe('healthLines', () => {
  it('says nothing when all is well', () => {
    expect(healthLines({ dependencies: { nats: up, database: up, history: up } })).toEqual([]);
  });

  it('names what is down, with the reason', () => {
    expect(healthLines({ dependencies: { nats: up, retention: down('not running') } })).toEqual([
      { name: 'Retention', text: 'Retention is down: not running', isDown: true },
    ]);
    expect(texts({ nats: down(null) })).toEqual(['NATS is down']);
  });

  it('passes on what a service has to tell that is up', () => {
    const reason = '12 Samples were dropped';
    expect(healthLines({ dependencies: { persistence: { up: true, reason } } })).toEqual([
      { name: 'Persistence', text: 'Persistence: 12 Samples were dropped', isDown: false },
    ]);
  });

  it('says once what keeps several down', () => {
    const away = down('connection refused');
    expect(
      texts({ nats: up, database: away, auth: away, history: away, persistence: down('connection refused; 12 Samples were dropped') }),
    ).toEqual(['Database is down: connection refused', 'Persistence is down: connection refused; 12 Samples were dropped']);
  });

  it('leaves collectors to their panels', () => {
    expect(texts({ 'collector-cpu': down('not running (last seen on web-1)') })).toEqual([]);
  });
});
