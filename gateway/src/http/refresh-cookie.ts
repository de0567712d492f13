import { PerfwatchError, type IssuedTokens } from '@perfwatch/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A header that no form and no link can send, and that a script of another origin may not. */
export const OWN_PAGE_HEADER = 'x-perfwatch';
const NAME = 'perfwatch_refresh';

type Received = Pick<FastifyRequest, 'headers' | 'host' | 'protocol'>;

/**
 * Cookies are shared by all ports of a host: where there is a port it is part of the name, so that two PerfWatch on one machine do not end each
 * other's sessions. With TLS the prefix keeps pages without it from setting the cookie (RFC 6265bis, section 4.1.3); `__Host-` would need the path
 * `/`, and the cookie would go along with every request.
 */
function cookieName({ protocol, host }: Received): string {
  const port = /:(\d+)$/.exec(host)?.[1];
  return `${protocol === 'https' ? '__Secure-' : ''}${NAME}${port === undefined ? '' : `_${port}`}`;
}

/** The refresh token that came with a request; null where none did. */
export function refreshTokenIn(request: Received): string | null {
  const prefix = `${cookieName(request)}=`;
  const parts = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
  return parts.find((part) => part.startsWith(prefix))?.slice(prefix.length) ?? null;
}

function setCookie(
  reply: FastifyReply,
  { value, maxAgeSeconds, basePath }: { value: string; maxAgeSeconds: number; basePath: string },
): void {
  const { request } = reply;
  const attributes = [`Path=${basePath}api/auth`, `Max-Age=${maxAgeSeconds}`, 'HttpOnly', 'SameSite=Strict'];
  if (request.protocol === 'https') attributes.push('Secure');
  reply.header('set-cookie', [`${cookieName(request)}=${value}`, ...attributes].join('; '));
}

/** Lets the browser keep a refresh token. It goes nowhere but to `/api/auth`, and no script can read it. */
export function keepRefreshToken(reply: FastifyReply, refresh: NonNullable<IssuedTokens['refresh']>, basePath: string): void {
  setCookie(reply, { value: refresh.token, maxAgeSeconds: refresh.lifetimeSeconds, basePath });
}

/** Takes it away, if it has one. */
export function forgetRefreshToken(reply: FastifyReply, basePath: string): void {
  if (refreshTokenIn(reply.request) !== null) setCookie(reply, { value: '', maxAgeSeconds: 0, basePath });
}

/** Whether the browser says that a page of this very origin asks. Programs say nothing of the kind, and have no cookies that are not theirs. */
function isOwnOrigin({ headers, host }: Received): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return headers.origin === undefined || URL.parse(headers.origin)?.host === host;
}

/** Throws PerfwatchError('forbidden') unless a page of ours sent the request: where a cookie counts, anyone's page could make a browser send it. */
export function requireOwnPage(request: Received): void {
  if (request.headers[OWN_PAGE_HEADER] !== undefined && isOwnOrigin(request)) return;
  throw new PerfwatchError('forbidden', 'This is for pages of PerfWatch itself', {
    hint: `Programs log in without "session": "cookie". Pages send the header ${OWN_PAGE_HEADER}, from the same origin.`,
  });
}
