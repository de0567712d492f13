import { describe, expect, it } from 'vitest';
import { NewestOnly } from './newest-only.ts';

describe('NewestOnly', () => {
  const held = () => {
    const newest = new NewestOnly();
    const sent: string[] = [];
    const hold = (key: string, value: string, isSample = true) => newest.hold({ key, isSample, send: () => sent.push(value) });
    return { newest, sent, hold };
  };

  it('keeps the newest of each kind and counts the samples it replaced', () => {
    const { newest, sent, hold } = held();
    hold('cpu', 'cpu 1');
    hold('memory', 'memory 1');
    hold('config', 'config 1', false);
    hold('cpu', 'cpu 2');
    hold('config', 'config 2', false);
    hold('cpu', 'cpu 3');
    expect(newest.release()).toBe(2);
    expect(sent).toEqual(['memory 1', 'config 2', 'cpu 3']);
  });

  it('begins anew after a release', () => {
    const { newest, hold } = held();
    hold('cpu', 'cpu 1');
    hold('cpu', 'cpu 2');
    newest.release();
    expect(newest.release()).toBe(0);
    expect(newest.size).toBe(0);
  });

  it('is bounded, and counts what it let go', () => {
    const { newest, hold } = held();
    for (let index = 0; index < 5000; index++) hold(`collector ${index}`, 'x');
    expect(newest.size).toBe(2000);
    expect(newest.release()).toBe(3000);
  });
});
