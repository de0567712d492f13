import { endianness } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addWaitingSockets, encodeWaitingRequest } from './sock-diag-messages.ts';

const isLittleEndian = endianness() === 'LE';
const SOCKET = 20;

/** A netlink message; `payload` begins with the family and the state of a socket, or with an errno. */
function message(type: number, payload: readonly number[]): number[] {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint32(0, 16 + payload.length, isLittleEndian);
  view.setUint16(4, type, isLittleEndian);
  return [...new Uint8Array(view.buffer), ...payload, ...Array<number>((4 - (payload.length % 4)) % 4).fill(0)];
}
const socketOf = (state: number) => message(SOCKET, [2, state, ...Array<number>(69).fill(0)]);
function errnoPayload(errno: number): number[] {
  const view = new DataView(new ArrayBuffer(4));
  view.setInt32(0, -errno, isLittleEndian);
  return [...new Uint8Array(view.buffer)];
}

/** What an answer in one piece gives. */
function answered(...messages: readonly number[][]) {
  const sockets = { listen: 0, closeWait: 0 };
  return { end: addWaitingSockets(Uint8Array.from(messages.flat()), sockets), ...sockets };
}

describe('encodeWaitingRequest', () => {
  it.skipIf(!isLittleEndian)('asks for sockets of one family in LISTEN and CLOSE-WAIT, byte for byte', () => {
    const hex = Buffer.from(encodeWaitingRequest('ipv6')).toString('hex');
    expect(hex).toBe(`480000001400010301000000000000000a06000000050000${'00'.repeat(48)}`);
    expect(Buffer.from(encodeWaitingRequest('ipv4')).subarray(16, 18).toString('hex')).toBe('0206');
  });
});

describe('addWaitingSockets', () => {
  it('counts by state, message after message, to the end of the dump', () => {
    expect(answered(socketOf(10), socketOf(8), socketOf(8), socketOf(1))).toEqual({ end: 'more', listen: 1, closeWait: 2 });
    expect(answered(socketOf(10), message(3, errnoPayload(0)))).toEqual({ end: 'done', listen: 1, closeWait: 0 });
  });

  it('gives the errno of a refusal, and of a dump that breaks off', () => {
    expect(answered(message(2, errnoPayload(2))).end).toEqual({ errno: 2 });
    expect(answered(message(3, errnoPayload(12))).end).toEqual({ errno: 12 });
  });

  it('takes no message for whole that is not', () => {
    expect(answered(socketOf(10).slice(0, 60)).end).toEqual({ errno: 74 });
    expect(answered(Array<number>(40).fill(0)).end).toEqual({ errno: 74 });
  });

  it('comes to an end for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const sockets = { listen: 0, closeWait: 0 };
        addWaitingSockets(bytes, sockets);
        expect(sockets.listen + sockets.closeWait).toBeLessThanOrEqual(10);
      }),
    );
  });
});
