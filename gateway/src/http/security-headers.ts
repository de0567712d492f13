import type { FastifyHelmetOptions } from '@fastify/helmet';

const DIRECTIVES: Readonly<Record<string, readonly string[]>> = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  // Charts place their tooltips and Angular Material its overlays with style attributes; these run nothing and load nothing.
  'style-src-attr': ["'unsafe-inline'"],
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

/** Security headers but the policy above. No HSTS: TLS ends in front of PerfWatch, and whoever ends it says so. */
export const HELMET_OPTIONS: FastifyHelmetOptions = {
  contentSecurityPolicy: false,
  strictTransportSecurity: false,
  frameguard: { action: 'deny' },
};
