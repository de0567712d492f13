import {
  historyOfHostsReplySchema,
  historyReplySchema,
  type ExportQuery,
  type HistoryOfHostsReply,
  type HistoryPage,
  type HistoryQuery,
  type HistoryReply,
} from '@perfwatch/contract';
import type { RunningService } from '@perfwatch/service-kit';

type History = Pick<RunningService<'history'>['actions'], 'query' | 'export'>;

/** What NATS carries. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** All pages of a reply, one after the other, each of which has to fit into a message. */
export async function pagesOf(ask: (cursor: string | undefined) => Promise<HistoryPage>): Promise<string[]> {
  const pages: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await ask(cursor);
    const bytes = Buffer.byteLength(JSON.stringify(page));
    if (bytes > MAX_MESSAGE_BYTES) throw new Error(`a page has ${bytes} bytes`);
    pages.push(page.text);
    if (page.next === null) return pages;
    cursor = page.next;
  }
}

async function queried(history: History, query: HistoryQuery): Promise<unknown> {
  return JSON.parse((await pagesOf((cursor) => history.query({ ...query, cursor }))).join(''));
}

export async function queryOneHost(history: History, query: HistoryQuery): Promise<HistoryReply> {
  return historyReplySchema.parse(await queried(history, query));
}

export async function queryHosts(history: History, query: HistoryQuery): Promise<HistoryOfHostsReply> {
  return historyOfHostsReplySchema.parse(await queried(history, query));
}

export async function exported(history: History, query: ExportQuery): Promise<string> {
  return (await pagesOf((cursor) => history.export({ ...query, cursor }))).join('');
}
