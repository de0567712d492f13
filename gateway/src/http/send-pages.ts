import { Readable } from 'node:stream';
import type { HistoryPage } from '@perfwatch/contract';
import type { FastifyReply } from 'fastify';

/** The page after `cursor`; the first one without. */
export type AskForPage = (cursor: string | undefined) => Promise<HistoryPage>;

async function* textFrom(first: HistoryPage, ask: AskForPage): AsyncGenerator<string, void, undefined> {
  let { text, next } = first;
  for (;;) {
    if (text !== '') yield text;
    if (next === null) return;
    ({ text, next } = await ask(next));
  }
}

interface PagedReply {
  headers: Readonly<Record<string, string>>;
  ask: AskForPage;
}

/**
 * Sends a reply that comes in pages. The first is there before a header goes out, so that whatever is wrong with the request is a proper
 * error. Each later one is asked for when the client has taken the one before: a slow client holds two pages here, and one that has
 * gone ends the work. A failure in the middle breaks the connection, because an end in order would pass for the whole.
 */
export async function sendPages(reply: FastifyReply, { headers, ask }: PagedReply): Promise<FastifyReply> {
  const first = await ask(undefined);
  reply.headers(headers);
  if (first.next === null) return reply.send(first.text);
  return reply.send(Readable.from(textFrom(first, ask), { highWaterMark: 1 }));
}
