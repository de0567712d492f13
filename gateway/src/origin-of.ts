import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Whether an address is that of a proxy which may say where a request comes from. */
export type IsTrusted = (address: string) => boolean;

/** What is looked at of a request. */
export interface ReceivedRequest {
  headers: IncomingHttpHeaders;
  socket: { remoteAddress?: string | undefined };
}

/** Trusts what is in one of `networks`, in CIDR notation. */
export function trustIn(networks: readonly string[]): IsTrusted {
  const trusted = new BlockList();
  const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    trusted.addSubnet(address, Number(bits), familyOf(address));
  }
  return (address) => isIP(address) !== 0 && trusted.check(address, familyOf(address));
}

/** The value of a header that may have come several times; each proxy adds its own at the end. */
const listIn = (header: string | string[] | undefined): string[] =>
  [header ?? []]
    .flat()
    .flatMap((value) => value.split(','))
    .map((value) => value.trim());

/**
 * Where a request comes from: the nearest address that is no trusted proxy's. What an untrusted one says of others counts for nothing.
 * As Fastify's `request.ip`, for what Fastify does not see.
 */
export function clientAddress({ headers, socket }: ReceivedRequest, isTrusted: IsTrusted): string {
  let address = socket.remoteAddress ?? '';
  for (const farther of listIn(headers['x-forwarded-for']).toReversed()) {
    if (!isTrusted(address) || farther === '') return address;
    address = farther;
  }
  return address;
}

/** The name that the browser has for this server. */
function ownHost({ headers, socket }: ReceivedRequest, isTrusted: IsTrusted): string | undefined {
  const forwarded = isTrusted(socket.remoteAddress ?? '') ? listIn(headers['x-forwarded-host']).at(-1) : undefined;
  return forwarded === undefined || forwarded === '' ? headers.host : forwarded;
}

export interface OriginRules {
  allowedOrigins: ReadonlySet<string>;
  isTrusted: IsTrusted;
}

/** Browsers name the origin of the page that asks; a page of another site has no business here unless it is allowed. Programs send none. */
export function isWelcome(request: ReceivedRequest, { allowedOrigins, isTrusted }: OriginRules): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return true;
  const host = ownHost(request, isTrusted);
  return allowedOrigins.has(origin) || (host !== undefined && host !== '' && URL.parse(origin)?.host === host);
}
