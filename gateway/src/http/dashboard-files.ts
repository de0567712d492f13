import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf, sendNotFound } from './error-responses.ts';
import { contentSecurityPolicy } from './security-headers.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

/** A name that changes with its contents, as Angular's build gives: `main-U5RNN65E.js`, `chunk-B1c5Apy1.js`. A word in small letters is none. */
const HASHED_NAME = /[-.](?=[\w-]*[A-Z])[\w-]{8}\.[a-z0-9.]+$/;
/** Addresses that programs ask for and that are never a page of the dashboard. */
const NOT_PAGES = /^\/(api|docs|health|metrics|socket\.io)(\/|$)/;

const HASHED_CACHING = 'public, max-age=31536000, immutable';
const REVALIDATED = 'no-cache';

type DashboardOptions = Pick<HttpDependencies, 'dashboardDir' | 'basePath'>;

/** How long a browser may keep a file of the dashboard. */
export function cacheControlFor(path: string): string {
  return HASHED_NAME.test(path.replace(/\.(br|gz)$/, '')) ? HASHED_CACHING : REVALIDATED;
}

/** Whether a request is a browser going to a page of the dashboard, which the dashboard itself routes. */
export function isNavigation({ method, path, accept }: { method: string; path: string; accept: string | undefined }): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || NOT_PAGES.test(path)) return false;
  if (path === '/' || path === '/index.html') return true;
  const lastSegment = path.slice(path.lastIndexOf('/') + 1);
  return accept?.includes('text/html') === true && !lastSegment.includes('.');
}

/** The page with `nonce` where Angular looks for it (CSP_NONCE) and on its own inline styles and scripts. */
export function withNonce(page: string, nonce: string): string {
  return page
    .replace(/(<body[^>]*>\s*<[a-z][a-z0-9-]*)/i, `$1 ngCspNonce="${nonce}"`)
    .replace(/<(style|script)(?=[\s>])/gi, `<$1 nonce="${nonce}"`);
}

/** The page with every address in it below `basePath`: all of them are relative. */
export function withBase(page: string, basePath: string): string {
  return page.replace(/<base href="[^"]*"/i, `<base href="${basePath}"`);
}

const MISSING_BUILD = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><base href="/"><title>PerfWatch</title></head>
<body><h1>PerfWatch</h1><p>The dashboard has not been built yet. Run <code>npm run build</code>, then load this page again.</p>
<p>The API is described at <a href="docs">docs</a>.</p></body></html>
`;

/** Read anew each time: it is small, and a build may replace it while this runs. */
async function readPage(dashboardDir: string): Promise<string | null> {
  try {
    return await readFile(join(dashboardDir, 'index.html'), 'utf8');
  } catch {
    return null;
  }
}

async function sendPage(reply: FastifyReply, { dashboardDir, basePath }: DashboardOptions): Promise<FastifyReply> {
  const page = await readPage(dashboardDir);
  reply.header('cache-control', REVALIDATED).type('text/html; charset=utf-8');
  if (page === null) return reply.code(503).send(withBase(MISSING_BUILD, basePath));
  const nonce = randomBytes(16).toString('base64');
  return reply
    .code(200)
    .header('content-security-policy', contentSecurityPolicy(nonce))
    .send(withNonce(withBase(page, basePath), nonce));
}

/** The built dashboard: its files, its page for every address that a browser navigates to, 404 for the rest. */
export async function serveDashboard(server: HttpServer, { dashboardDir, basePath }: DashboardOptions): Promise<void> {
  await server.register(fastifyStatic, {
    root: dashboardDir,
    index: false,
    cacheControl: false,
    preCompressed: true,
    dotfiles: 'ignore',
    suppressWarning: true,
    // The page needs a nonce of its own each time.
    allowedPath: (path) => path !== '/index.html' && path !== 'index.html' && path !== '/',
    setHeaders: (reply, path) => void reply.header('cache-control', cacheControlFor(path)),
  });
  server.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const { method } = request;
    const path = pathOf(request);
    return isNavigation({ method, path, accept: request.headers.accept })
      ? sendPage(reply, { dashboardDir, basePath })
      : sendNotFound(request, reply);
  });
}
