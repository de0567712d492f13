import fastifyHelmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import type { HttpServer } from './server.ts';

const DIRECTIVES: Readonly<Record<string, readonly string[]>> = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'worker-src': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

/** The Content-Security-Policy of every response; with a nonce, the page's own inline styles and scripts may carry it. */
export function contentSecurityPolicy(nonce: string | null = null): string {
  const allowed = (name: string, sources: readonly string[]) =>
    nonce !== null && (name === 'script-src' || name === 'style-src') ? [...sources, `'nonce-${nonce}'`] : sources;
  return Object.entries(DIRECTIVES)
    .map(([name, sources]) => `${name} ${allowed(name, sources).join(' ')}`)
    .join('; ');
}

/** Nosniff, Referrer-Policy, Cross-Origin-Opener- and -Resource-Policy and the like: what is the same whatever is answered. */
const HELMET_OPTIONS: FastifyHelmetOptions = {
  contentSecurityPolicy: false,
  strictTransportSecurity: false,
  frameguard: { action: 'deny' },
};

/** What a page may ask of the machine it is shown on: nothing, but to fill the screen. */
const PERMISSIONS_POLICY =
  'accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(self), geolocation=(), gyroscope=(), ' +
  'magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), usb=(), xr-spatial-tracking=()';

/** Two years. Of this name alone: what else its owner serves below it is not for PerfWatch to say. */
const STRICT_TRANSPORT_SECURITY = 'max-age=63072000';

/** Gives every response the headers that keep browsers safe. */
export async function addSecurityHeaders(server: HttpServer): Promise<void> {
  await server.register(fastifyHelmet, HELMET_OPTIONS);
  const policy = contentSecurityPolicy();
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('content-security-policy', policy).header('permissions-policy', PERMISSIONS_POLICY);
    // Over TLS here or, by the word of a proxy that is trusted, in front of it.
    if (request.protocol === 'https') reply.header('strict-transport-security', STRICT_TRANSPORT_SECURITY);
    done();
  });
}
