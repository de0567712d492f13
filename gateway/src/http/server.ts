import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bus } from '@perfwatch/bus';
import type { Identity } from '@perfwatch/contract';
import type { Logger, ServiceContext } from '@perfwatch/service-kit';

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
  log: Logger;
  /** Where `npm run build` puts the dashboard; it need not exist. */
  dashboardDir: string;
  /** Path that browsers find all this below, begins and ends with `/`. */
  basePath: string;
}
