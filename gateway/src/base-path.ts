import type { Server as NodeHttpServer, IncomingMessage } from 'node:http';

/** The address as PerfWatch itself has it: without the path that it is served below, where a proxy has left that in place. */
export function withoutBase(url: string, basePath: string): string {
  if (basePath === '/') return url;
  const base = basePath.slice(0, -1);
  if (!url.startsWith(base)) return url;
  const rest = url.slice(base.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

/**
 * Makes requests to `server` the same whether or not a proxy has taken the path away that PerfWatch is served below. To be called when everything
 * that answers requests is attached: it must come before all of that.
 */
export function serveBelow(server: NodeHttpServer, basePath: string): void {
  const strip = (request: IncomingMessage) => {
    request.url = withoutBase(request.url ?? '/', basePath);
  };
  server.prependListener('request', strip).prependListener('upgrade', strip);
}
