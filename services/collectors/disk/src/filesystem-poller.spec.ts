import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FilesystemAnswer } from './ask-filesystem.ts';
import { CallsUnderWay, FilesystemPoller } from './filesystem-poller.ts';
import type { MountedFilesystem } from './mounted-filesystems.ts';

const ANSWER: FilesystemAnswer = {
  ...{ device: '8:1', type: 1, totalBytes: 100, freeBytes: 50, availableBytes: 40, inodes: 0, freeInodes: 0 },
};

function filesystem(name: string, { isRemote = false } = {}): MountedFilesystem {
  return { name, isRemote, mount: { id: name.length, parentId: 1, device: '8:1', root: '/', mountPoint: name, type: 'ext4', source: 'x' } };
}

/** A poller whose calls the test answers, at a time that the test sets. */
function controlled() {
  let nowMs = 0;
  const asked: string[] = [];
  const waiting = new Map<string, { resolve: (answer: FilesystemAnswer) => void; reject: (error: Error) => void }>();
  let largest = 0;
  const underWay = new CallsUnderWay();
  const options: ConstructorParameters<typeof FilesystemPoller>[0] = {
    ...{ pathOf: (mountPoint) => `/host${mountPoint}`, nowMs: () => nowMs, underWay },
    ask: (path) => {
      asked.push(path);
      return new Promise((resolve, reject) => {
        if (waiting.has(path)) throw new Error(`${path} is asked twice at once`);
        waiting.set(path, { resolve, reject });
        largest = Math.max(largest, waiting.size);
      });
    },
  };
  const newPoller = () => new FilesystemPoller(options);
  const poller = newPoller();
  const take = (name: string) => {
    const call = waiting.get(`/host${name}`);
    waiting.delete(`/host${name}`);
    if (call === undefined) throw new Error(`${name} is not asked`);
    return call;
  };
  return {
    ...{ poller, newPoller, asked },
    largest: () => largest,
    wait: (ms: number) => void (nowMs += ms),
    answer: async (name: string, answer = ANSWER) => {
      take(name).resolve(answer);
      await turn();
    },
    fail: async (name: string, code: string) => {
      take(name).reject(Object.assign(new Error(code), { code }));
      await turn();
    },
  };
}

describe('FilesystemPoller', () => {
  it('asks one after another, each every two seconds at most', async () => {
    const { poller, asked, answer, wait } = controlled();
    const both = [filesystem('/'), filesystem('/home')];
    poller.watch(both);
    poller.poll();
    expect(asked).toEqual(['/host/']);
    await answer('/');
    await answer('/home');
    expect(both.map((one) => poller.stateOf(one).kind)).toEqual(['answered', 'answered']);
    wait(1000);
    poller.poll();
    expect(asked).toEqual(['/host/', '/host/home']);
    wait(1000);
    poller.poll();
    expect(asked).toEqual(['/host/', '/host/home', '/host/']);
  });

  it('asks less often where there are many, two in a second', async () => {
    const { poller, asked, answer, wait } = controlled();
    const names = Array.from({ length: 20 }, (_, index) => `/${'x'.repeat(index + 1)}`);
    poller.watch(names.map((name) => filesystem(name)));
    poller.poll();
    for (const name of names) await answer(name);
    wait(9000);
    poller.poll();
    expect(asked).toHaveLength(20);
    wait(1000);
    poller.poll();
    expect(asked).toHaveLength(21);
  });

  it('gives no figures of one that hangs, asks it no second time, and goes on with the others', async () => {
    const { poller, asked, answer, wait } = controlled();
    const [local, hanging] = [filesystem('/'), filesystem('/nas', { isRemote: true })];
    poller.watch([local, hanging]);
    for (let second = 0; second < 20; second += 2) {
      poller.poll();
      await answer('/');
      wait(2000);
    }
    expect(asked.filter((path) => path === '/host/nas')).toHaveLength(1);
    expect(poller.stateOf(local).kind).toBe('answered');
    expect(poller.stateOf(hanging)).toEqual({ kind: 'fault', fault: 'does not answer', isMissing: false });
    await answer('/nas');
    expect(poller.stateOf(hanging).kind).toBe('answered');
  });

  it('takes the newest answer until the deadline of the next call has passed', async () => {
    const { poller, answer, wait } = controlled();
    const nas = filesystem('/nas', { isRemote: true });
    poller.watch([nas]);
    poller.poll();
    await answer('/nas');
    wait(2000);
    poller.poll();
    wait(2000);
    expect(poller.stateOf(nas).kind).toBe('answered');
    wait(1);
    expect(poller.stateOf(nas).kind).toBe('fault');
  });

  it('has no more than two remote calls and one local call under way, however many hang, and says who is waited for', async () => {
    const { poller, largest, asked, wait } = controlled();
    const remotes = ['/a', '/bb', '/ccc', '/dddd'].map((name) => filesystem(name, { isRemote: true }));
    poller.watch([...remotes, filesystem('/local'), filesystem('/local2')]);
    for (let second = 0; second < 30; second += 1) {
      poller.poll();
      wait(1000);
      await turn();
    }
    expect([largest(), asked]).toEqual([3, ['/host/local', '/host/a', '/host/bb']]);
    expect(poller.stateOf(filesystem('/ccc', { isRemote: true }))).toMatchObject({
      fault: 'cannot be asked while /a and /bb do not answer',
    });
    expect(poller.stateOf(filesystem('/local2'))).toMatchObject({ fault: 'cannot be asked while /local does not answer' });
  });

  it('counts a call that hangs even when its file system is no longer mounted', async () => {
    const { poller, asked, answer } = controlled();
    const remote = (name: string) => filesystem(name, { isRemote: true });
    poller.watch([remote('/a'), remote('/bb')]);
    poller.poll();
    poller.watch([remote('/ccc')]);
    poller.poll();
    expect(asked).toEqual(['/host/a', '/host/bb']);
    await answer('/a');
    expect(asked).toEqual(['/host/a', '/host/bb', '/host/ccc']);
  });

  it('holds no more threads however often it is made anew, and asks what hangs no second time', async () => {
    const { poller, newPoller, asked, answer, largest, wait } = controlled();
    const remotes = ['/a', '/bb', '/ccc'].map((name) => filesystem(name, { isRemote: true }));
    let current = poller;
    for (let toggle = 0; toggle < 3; toggle += 1) {
      current.watch(remotes.slice(0, toggle + 1));
      current.poll();
      current.close();
      current = newPoller();
      wait(3000);
    }
    expect([largest(), asked]).toEqual([2, ['/host/a', '/host/bb']]);
    current.watch(remotes);
    current.poll();
    expect(remotes.map((remote) => current.stateOf(remote).kind)).toEqual(['fault', 'fault', 'pending']);
    await answer('/a');
    expect(current.stateOf(remotes[0] ?? filesystem('/a')).kind).toBe('answered');
    current.poll();
    expect([largest(), asked]).toEqual([2, ['/host/a', '/host/bb', '/host/ccc']]);
  });

  it.each([
    ['ENOENT', 'does not exist below PERFWATCH_ROOTFS: mount the root of the machine there, with what is mounted in it'],
    ['EACCES', 'may not be entered by this user'],
    ['ELOOP', 'cannot be asked (ELOOP)'],
  ])('says why one cannot be asked: %s', async (code, fault) => {
    const { poller, fail, answer, wait } = controlled();
    const one = filesystem('/x');
    poller.watch([one]);
    poller.poll();
    await fail('/x', code);
    expect(poller.stateOf(one)).toEqual({ kind: 'fault', fault, isMissing: code === 'ENOENT' });
    wait(2000);
    poller.poll();
    await answer('/x');
    expect(poller.stateOf(one).kind).toBe('answered');
  });

  it('keeps the answers of what stays mounted', async () => {
    const { poller, answer } = controlled();
    poller.watch([filesystem('/')]);
    poller.poll();
    await answer('/');
    poller.watch([filesystem('/'), filesystem('/new')]);
    expect([poller.stateOf(filesystem('/')).kind, poller.stateOf(filesystem('/new')).kind]).toEqual(['answered', 'pending']);
  });

  it('is stale at the first tick and after a long one, and settles without what hung before', async () => {
    const { poller, answer, wait } = controlled();
    poller.watch([filesystem('/'), filesystem('/nas', { isRemote: true })]);
    poller.poll();
    expect(poller.isStale).toBe(true);
    const settled: string[] = [];
    void poller.settled().then(() => settled.push('first'));
    await answer('/');
    expect(settled).toEqual([]);
    wait(60_000);
    poller.poll();
    expect(poller.isStale).toBe(true);
    void poller.settled().then(() => settled.push('second'));
    await answer('/');
    expect(settled).toContain('second');
  });

  it('asks nothing more once it is closed', async () => {
    const { poller, asked, answer, wait } = controlled();
    poller.watch([filesystem('/'), filesystem('/home')]);
    poller.poll();
    poller.close();
    await answer('/');
    wait(5000);
    poller.poll();
    expect(asked).toEqual(['/host/']);
  });
});
