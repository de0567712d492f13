import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { StopRequests } from './stop-requests.ts';

describe('requests to stop', () => {
  it('are one when they come together, as Ctrl-C does from the terminal and from npm', async () => {
    const requests = new StopRequests();
    requests.request();
    requests.request();
    await requests.requested();
    expect(requests.hurry.aborted).toBe(false);
  });

  it('hurry when there is a second one later', async () => {
    const requests = new StopRequests();
    requests.request();
    await delay(600);
    requests.request();
    expect(requests.hurry.aborted).toBe(true);
  });
});
