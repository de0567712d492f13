import { SeededRandom } from '../soak-random.ts';
import { HostileValues } from './hostile-values.ts';
import { forEachAtOnce } from './send.ts';
import { Tally } from './tally.ts';
import type { FuzzTarget } from './target.ts';
import { frame, textFrame, WebSocketWire } from './web-socket-wire.ts';

const AT_ONCE = 4;
/** One connection sends no more than these, or the server ends it for that alone. */
const EVENTS_PER_CONNECTION = 50;
const FRAMES_PER_CONNECTION = 4;
const SERVED_WITHIN_MS = 10_000;
const SUBSCRIPTION = { hosts: ['e2e-host'], collectors: ['cpu', 'memory'], backfill_seconds: 1 };
const EVENTS = ['subscribe', 'unsubscribe', 'authenticate', 'sample', 'error', '__proto__', 'constructor'];

/** Engine.IO messages that end a connection. */
function brokenMessage(values: HostileValues, id: number): string {
  const kind = values.integer(4);
  if (kind === 0) return values.text();
  if (kind === 1) return `4${values.integer(10)}${values.text()}`;
  if (kind === 2) return `45${values.integer(1000)}-/live,${id}["subscribe",{"_placeholder":true,"num":${values.integer(10)}}]`;
  return `4${values.pick(['0', '3', '4', '6'], '0')}/live,${JSON.stringify(values.value())}`;
}

/** An event that a client of ours would never send. */
function hostileEvent(values: HostileValues, id: number): string {
  if (values.chance(0.02)) return brokenMessage(values, id);
  if (values.chance(0.02)) return `42/live,${'9'.repeat(values.integer(400))}["subscribe",{}]`;
  const event = values.pick(EVENTS, 'subscribe');
  const parts: unknown[] = [event, values.spoilt(SUBSCRIPTION), ...(values.chance(0.2) ? [values.value()] : [])];
  return `42/live,${values.chance(0.8) ? id : ''}${JSON.stringify(values.chance(0.02) ? values.value() : parts)}`;
}

interface EventParts {
  values: HostileValues;
  tally: Tally;
  index: number;
  room: number;
}

async function joined(target: FuzzTarget, values: HostileValues, index: number): Promise<WebSocketWire | null> {
  const wire = await WebSocketWire.open({ url: target.system.url, address: values.address() });
  if (!(await wire.waitFor('"sid"'))) return null;
  const token = target.tokens[index % target.tokens.length] ?? '';
  wire.write(textFrame(`40/live,${JSON.stringify({ token })}`));
  return (await wire.waitFor('40/live,')) ? wire : null;
}

/** Sends `room` events at most over a connection of their own; how many. */
async function sendEvents(target: FuzzTarget, { values, tally, index, room }: EventParts): Promise<number> {
  const wire = await joined(target, values, index);
  if (wire === null) {
    tally.fault(`connection ${index} was not let in`);
    return room;
  }
  let sent = 0;
  for (; sent < room && !wire.isOver; sent += 1) {
    wire.write(textFrame(hostileEvent(values, sent)));
    tally.count('sent');
    if (sent % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
  }
  wire.write(textFrame('42/live,999["subscribe",{"collectors":["cpu"]}]'));
  const isServed = await wire.waitFor('43/live,999[{"ok":true', SERVED_WITHIN_MS);
  if (!isServed && !wire.isOver) tally.fault(`connection ${index} is open and answers no more`);
  tally.note(isServed ? 'connections served on' : 'connections ended');
  tally.inspect(`connection ${index}`, wire.received);
  wire.close();
  return sent;
}

/** Socket.IO events: of the contract and others, with arguments that are not. */
export async function fuzzEvents(target: FuzzTarget): Promise<Tally> {
  const tally = new Tally('Socket.IO events');
  const values = new HostileValues(new SeededRandom(target.seed + 2));
  await forEachAtOnce(AT_ONCE, AT_ONCE, async (lane) => {
    let left = Math.ceil(target.count / AT_ONCE);
    for (let index = lane; left > 0; index += AT_ONCE) {
      left -= await sendEvents(target, { values, tally, index, room: Math.min(left, EVENTS_PER_CONNECTION) });
    }
  });
  return tally;
}

function hostileFrame(values: HostileValues): Buffer {
  const payload = values.chance(0.5) ? values.bytes(values.integer(130)) : Buffer.from(brokenMessage(values, 1));
  const kind = values.integer(7);
  if (kind === 0) return values.bytes(values.integer(60));
  if (kind === 1) return frame(payload, { isMasked: false });
  if (kind === 2) return frame(payload, { first: values.integer(256) });
  if (kind === 3) return frame(payload, { saidLength: values.integer(65_536) });
  if (kind === 4) return Buffer.from([0x81, 0xff, ...values.bytes(12)]);
  if (kind === 5) return frame(payload, { first: 0x01 });
  return frame(payload, { first: values.pick([0x82, 0x88, 0x89, 0x8a], 0x82) });
}

/** Bytes on a WebSocket that are no frames, or frames that may not be. */
export async function fuzzFrames(target: FuzzTarget): Promise<Tally> {
  const tally = new Tally('WebSocket frames');
  const values = new HostileValues(new SeededRandom(target.seed + 3));
  await forEachAtOnce(Math.ceil(target.count / FRAMES_PER_CONNECTION), AT_ONCE, async (index) => {
    const wire = await WebSocketWire.open({ url: target.system.url, address: values.address() });
    if (!(await wire.waitFor('"sid"'))) tally.fault(`connection ${index} was not upgraded: ${wire.received.slice(0, 100)}`);
    for (let sent = 0; sent < FRAMES_PER_CONNECTION; sent += 1) {
      wire.write(hostileFrame(values));
      tally.count('sent');
    }
    await new Promise((resolve) => setImmediate(resolve));
    tally.inspect(`connection ${index}`, wire.received);
    wire.close();
  });
  return tally;
}
