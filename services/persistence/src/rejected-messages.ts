import type { Bus } from '@perfwatch/bus';
import type { Queryable } from '@perfwatch/store';
import type { Refusal } from './sample-row.ts';

const PAYLOAD_KEPT_BYTES = 4096;
const ROWS_KEPT = 1000;
const REASON_KEPT_CHARACTERS = 500;

const INSERT = `
  INSERT INTO rejected_message (subject, reason, payload, payload_bytes)
  SELECT subject, reason, decode(payload, 'base64'), payload_bytes FROM json_to_recordset($1::json)
      AS x(subject text, reason text, payload text, payload_bytes integer)`;
const TRIM = `DELETE FROM rejected_message WHERE id <= (SELECT max(id) - ${ROWS_KEPT} FROM rejected_message)`;

/** Messages that cannot be stored: the newest thousand are kept for whoever looks into it, all are counted. */
export class RejectedMessages {
  readonly #bus: Pick<Bus, 'reportInvalid'>;
  #count = 0;

  constructor(bus: Pick<Bus, 'reportInvalid'>) {
    this.#bus = bus;
  }

  /** How many there were since the start. */
  get count(): number {
    return this.#count;
  }

  /** Keeps them in the table `rejected_message`, and logs each subject once a minute at most. */
  async keep(connection: Queryable, refusals: readonly Refusal[]): Promise<void> {
    if (refusals.length === 0) return;
    await connection.query(INSERT, [JSON.stringify(refusals.slice(-ROWS_KEPT).map(toRow))]);
    await connection.query(TRIM);
    this.#count += refusals.length;
    for (const refusal of refusals) this.#bus.reportInvalid(refusal);
  }
}

function toRow({ subject, reason, payload }: Refusal) {
  return {
    subject,
    // Parts of the message may be in the reason: what PostgreSQL cannot store must not get in the way again.
    reason: reason.slice(0, REASON_KEPT_CHARACTERS).toWellFormed().replaceAll('\0', '�'),
    payload: Buffer.from(payload.subarray(0, PAYLOAD_KEPT_BYTES)).toString('base64'),
    payload_bytes: payload.byteLength,
  };
}
