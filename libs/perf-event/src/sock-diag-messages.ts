import { endianness } from 'node:os';

/** Numbers of linux/netlink.h, linux/sock_diag.h and net/tcp_states.h. */
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST_DUMP = 0x301;
const SOCK_DIAG_BY_FAMILY = 20;
const IPPROTO_TCP = 6;
const TCP_CLOSE_WAIT = 8;
const TCP_LISTEN = 10;

const HEADER_BYTES = 16;
/** struct inet_diag_req_v2. */
const REQUEST_BYTES = 56;
const ALIGNMENT = 4;

const AF = { ipv4: 2, ipv6: 10 } as const;
export type SocketFamily = keyof typeof AF;

const isLittleEndian = endianness() === 'LE';

/** TCP sockets of the two states that no counter of the kernel tells. */
export interface WaitingSockets {
  listen: number;
  closeWait: number;
}

/** The request for all TCP sockets of `family` that listen or wait to be closed. See sock_diag(7), netlink(7). */
export function encodeWaitingRequest(family: SocketFamily): Uint8Array {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + REQUEST_BYTES));
  view.setUint32(0, view.byteLength, isLittleEndian);
  view.setUint16(4, SOCK_DIAG_BY_FAMILY, isLittleEndian);
  view.setUint16(6, NLM_F_REQUEST_DUMP, isLittleEndian);
  view.setUint32(8, 1, isLittleEndian);
  view.setUint8(HEADER_BYTES, AF[family]);
  view.setUint8(HEADER_BYTES + 1, IPPROTO_TCP);
  view.setUint32(HEADER_BYTES + 4, (1 << TCP_LISTEN) | (1 << TCP_CLOSE_WAIT), isLittleEndian);
  return new Uint8Array(view.buffer);
}

/** What a piece of the answer says about its end: more will come, that was all, or the errno (positive) it failed with. */
export type AnswerEnd = 'more' | 'done' | { readonly errno: number };

/** Adds the sockets in a piece of the answer to `sockets`. A message cut short ends the answer as EBADMSG (74) would. */
export function addWaitingSockets(bytes: Uint8Array, sockets: WaitingSockets): AnswerEnd {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + HEADER_BYTES + ALIGNMENT <= view.byteLength) {
    const length = view.getUint32(at, isLittleEndian);
    if (length < HEADER_BYTES + ALIGNMENT || at + length > view.byteLength) return { errno: 74 };
    const type = view.getUint16(at + 4, isLittleEndian);
    // Both carry a negative errno, 0 where all went well.
    const errno = -view.getInt32(at + HEADER_BYTES, isLittleEndian);
    if (type === NLMSG_ERROR) return { errno };
    if (type === NLMSG_DONE) return errno > 0 ? { errno } : 'done';
    const state = view.getUint8(at + HEADER_BYTES + 1);
    if (state === TCP_LISTEN) sockets.listen += 1;
    if (state === TCP_CLOSE_WAIT) sockets.closeWait += 1;
    at += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  }
  return 'more';
}
