import { hash, randomUUID } from 'node:crypto';
import { METRICS_STREAM, subjects, type Sample } from '@perfwatch/contract';
import { createInbox, headers, type Msg, type NatsConnection } from 'nats';
import { z } from 'zod';
import { decodeMessage } from './decode.ts';
import type { NatsLink } from './link.ts';
import type { BusLog } from './log.ts';
import { Outbox, type Acknowledgement, type OutgoingSample } from './outbox.ts';

export interface SamplePublisherOptions {
  link: NatsLink;
  log: BusLog;
  limits: QueueLimits;
  /** Begins the subject that acknowledgements come to; default `_INBOX`. */
  inboxPrefix?: string | undefined;
}

export interface QueueLimits {
  /** Longest a Sample waits for JetStream. */
  maxAgeMs: number;
  maxBytes: number;
}

const ACK_TIMEOUT_MS = 3000;
const CHECK_EVERY_MS = 1000;
const REPORT_AFTER_MS = 3000;
const WINDOW = 256;
/** Headers count towards the largest message. */
const HEADER_BYTES = 512;
/** Collectors whose losses are counted by name; a process runs a dozen. */
const MAX_COUNTED_COLLECTORS = 256;

const pubAckSchema = z.object({ stream: z.string().optional(), error: z.object({ description: z.string() }).optional() });

/** JetStream's answer to a publish, https://docs.nats.io/reference/reference-protocols/nats_api_reference */
function readAcknowledgement(message: Msg): Acknowledgement {
  if (message.headers?.code === 503) return { stored: false, reason: `no stream takes Samples yet (${METRICS_STREAM})` };
  const answer = decodeMessage(message.data, pubAckSchema);
  if (answer.ok && answer.value.error === undefined && answer.value.stream !== undefined) return { stored: true };
  const reason = answer.ok ? (answer.value.error?.description ?? 'no reason given') : answer.reason;
  return { stored: false, reason: `JetStream refuses Samples: ${reason}` };
}

/** Samples to JetStream and to whoever listens, through the Outbox. */
export class SamplePublisher {
  readonly #link: NatsLink;
  readonly #log: BusLog;
  readonly #outbox: Outbox;
  #check: NodeJS.Timeout | null = null;
  readonly #droppedByCollector = new Map<string, number>();
  #dropped = 0;
  #isDropping = false;
  #isTroubleLogged = false;
  #pendingReport: NodeJS.Timeout | undefined;
  /** Makes message ids that nobody can guess: a message of somebody else's with that id would have JetStream drop the Sample as known. */
  readonly #secret = randomUUID();
  readonly #inboxPrefix: string | undefined;
  #inbox: string | null = null;

  constructor({ link, log, limits, inboxPrefix }: SamplePublisherOptions) {
    this.#inboxPrefix = inboxPrefix;
    this.#link = link;
    this.#log = log;
    this.#outbox = new Outbox({
      ...limits,
      window: WINDOW,
      ackTimeoutMs: ACK_TIMEOUT_MS,
      now: () => performance.now(),
      send: (id, sample) => this.#send(id, sample),
      onDrop: (sample) => this.#countDrop(sample.subject, 'the queue is full'),
      onTrouble: (reason) => this.#report(reason),
    });
    link.onConnection(() => {
      this.#inbox = null;
      this.#outbox.connected();
    });
  }

  get queued(): number {
    return this.#outbox.size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get droppedByCollector(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#droppedByCollector);
  }

  publish(sample: Sample): void {
    const { host, collector, run, seq, ts } = sample;
    const subject = subjects.metrics(host, collector);
    const payload = Buffer.from(JSON.stringify(sample));
    const largest = this.#link.maxMessageBytes - HEADER_BYTES;
    if (payload.byteLength > largest) {
      this.#countDrop(subject, `a Sample of ${payload.byteLength} bytes is larger than NATS takes (${largest})`);
      return;
    }
    this.#check ??= setInterval(() => this.#outbox.checkTimeouts(), CHECK_EVERY_MS);
    const identity = run === undefined || seq === undefined ? ts : `${run}.${seq}`;
    this.#outbox.add({ subject, payload, messageId: hash('sha256', `${this.#secret}.${host}.${collector}.${identity}`, 'base64url') });
  }

  stop(): void {
    this.#stopChecking();
    clearTimeout(this.#pendingReport);
    if (this.#outbox.size > 0) this.#log.warn({ queuedSamples: this.#outbox.size }, 'stopped before JetStream took every Sample');
  }

  /** There is nothing to check between ticks, and a timer would wake the process for it. */
  #stopChecking(): void {
    if (this.#check !== null) clearInterval(this.#check);
    this.#check = null;
  }

  /** A connection has its inbox from the first Sample on: who only listens may not be permitted one. */
  #openInbox(connection: NatsConnection): string {
    const inbox = createInbox(this.#inboxPrefix);
    connection.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error !== null) return;
        this.#outbox.acknowledge(Number(message.subject.slice(inbox.length + 1)), readAcknowledgement(message));
        if (this.#outbox.size === 0) this.#stopChecking();
      },
    });
    return inbox;
  }

  #send(id: number, { subject, payload, messageId }: OutgoingSample): boolean {
    const { connection } = this.#link;
    if (connection === null) return false;
    this.#inbox ??= this.#openInbox(connection);
    const fields = headers();
    fields.set('Nats-Msg-Id', messageId);
    return this.#link.publish(subject, payload, { reply: `${this.#inbox}.${id}`, headers: fields });
  }

  #countDrop(subject: string, reason: string): void {
    this.#dropped++;
    const collector = subject.slice(subject.lastIndexOf('.') + 1);
    if (this.#droppedByCollector.has(collector) || this.#droppedByCollector.size < MAX_COUNTED_COLLECTORS) {
      this.#droppedByCollector.set(collector, (this.#droppedByCollector.get(collector) ?? 0) + 1);
    }
    if (!this.#isDropping) this.#log.error({ subject, reason }, 'dropping Samples');
    this.#isDropping = true;
  }

  /** Trouble is logged once it has lasted: at the first start the stream is made a second after the first Sample. */
  #report(reason: string | null): void {
    clearTimeout(this.#pendingReport);
    if (reason !== null) {
      this.#pendingReport = setTimeout(() => {
        this.#isTroubleLogged = true;
        this.#log.warn({ reason, queuedSamples: this.#outbox.size }, 'JetStream does not take Samples: they are queued');
      }, REPORT_AFTER_MS).unref();
      return;
    }
    this.#isDropping = false;
    if (!this.#isTroubleLogged) return;
    this.#isTroubleLogged = false;
    this.#log.info({ queuedSamples: this.#outbox.size, droppedSamples: this.#dropped }, 'JetStream takes Samples');
  }
}
