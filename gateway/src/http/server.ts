import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bus } from '@perfwatch/bus';
import type { Identity } from '@perfwatch/contract';
import type { CertificateFiles, Logger, ServiceContext } from '@perfwatch/service-kit';

import type { AtOnceLimits } from './at-once.ts';
import type { RequestLimitFigures } from './request-limits.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent it; null where nobody need say. */
    identity: Identity | null;
  }
  interface FastifyContextConfig {
    /** Who may: default 'user', anyone with a valid token. */
    access?: 'anyone' | 'user' | 'admin';
    /** An API token of scope `annotate` may do this too. */
    isAnnotating?: boolean;
    /** Is counted by whose request it is: set where tokens are looked at. */
    isIdentified?: boolean;
    /** Limit of one address for a route that needs no token. */
    strangerPerMinute?: number;
    /** Takes so much that each user has a bound on how many run at once. */
    isExpensive?: boolean;
  }
}

/** Fastify with the contract's schemas as types. */
export type HttpServer = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** What the HTTP side needs of the process it runs in. */
export interface HttpDependencies {
  call: ServiceContext['call'];
  clusterHealth: ServiceContext['clusterHealth'];
  cluster: ServiceContext['cluster'];
  busState: Bus['state'];
  streamState: Bus['stream'];
  subscribeSamples: Bus['subscribeSamples'];
  /** Live viewers of this process, and what they subscribe to. */
  liveState: () => { connections: number; subscriptions: number };
  log: Logger;
  /** Where `npm run build` puts the dashboard; it need not exist. */
  dashboardDir: string;
  /** Path that browsers find all this below, begins and ends with `/`. */
  basePath: string;
  /** Origins besides the own one whose pages may use it; default none. */
  allowedOrigins?: readonly string[];
  /** Networks (CIDR) of proxies whose `X-Forwarded-*` counts; default none. */
  trustedProxies?: readonly string[];
  /** What it shows browsers over HTTPS; null or absent: it speaks HTTP. */
  certificate?: CertificateFiles | null;
  requestLimits?: Partial<RequestLimitFigures>;
  atOnceLimits?: Partial<AtOnceLimits>;
  /** Connections of all kinds. */
  maxConnections?: number;
  /** Whether `/metrics` is there without a token. */
  metricsOpen: boolean;
}
