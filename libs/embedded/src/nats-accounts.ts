import { ALL_PUBLIC_SUBJECTS, hostInboxPrefix, internalSubjects, subjects } from '@perfwatch/contract';

/** What may do everything, in the account of the services. */
export interface ServiceUser {
  user: string;
  password: string;
}

/** A name and password that publishes what one host has to say. */
export interface CollectorUser extends ServiceUser {
  host: string;
}

/** Everyone who may connect. */
export interface NatsUsers {
  service: ServiceUser;
  readers: readonly ServiceUser[];
  collectors: readonly CollectorUser[];
}

const SERVICES = 'PERFWATCH';
const COLLECTORS = 'COLLECTORS';

const NOTHING = { deny: ['>'] };
const reading = { publish: NOTHING, subscribe: { allow: [ALL_PUBLIC_SUBJECTS] } };

/** Its host's own data, and what its own life needs: that it runs, what it costs, its settings, acknowledgements. */
function collectorPermissions(host: string): object {
  const data = [subjects.metrics(host, '*'), subjects.catalog(host, '*'), subjects.host(host), subjects.annotations(host)];
  return {
    publish: { allow: [...data, internalSubjects.presence(host), internalSubjects.cost(host)] },
    subscribe: {
      allow: [`${hostInboxPrefix(host)}.>`, internalSubjects.collection(host), internalSubjects.rollCall, internalSubjects.cost(host)],
    },
  };
}

/**
 * nats-server's `accounts`. Collectors have an account of their own: JetStream acknowledges a Sample to whatever subject its publisher names,
 * and in the account of the services that may be `$JS.API.STREAM.PURGE.<stream>`, where the acknowledgement is a valid request.
 */
export function natsAccounts({ service, readers, collectors }: NatsUsers): object {
  const upwards = [ALL_PUBLIC_SUBJECTS, internalSubjects.presence('*')];
  const downwards = [internalSubjects.collection('*'), internalSubjects.rollCall];
  return {
    [SERVICES]: {
      jetstream: 'enabled',
      users: [service, ...readers.map((reader) => ({ ...reader, permissions: reading }))],
      exports: [
        ...upwards.map((subject) => ({ service: subject, accounts: [COLLECTORS] })),
        ...downwards.map((subject) => ({ stream: subject, accounts: [COLLECTORS] })),
      ],
    },
    [COLLECTORS]: {
      users: collectors.map(({ host, ...user }) => ({ ...user, permissions: collectorPermissions(host) })),
      imports: [
        ...upwards.map((subject) => ({ service: { account: SERVICES, subject } })),
        ...downwards.map((subject) => ({ stream: { account: SERVICES, subject } })),
      ],
    },
  };
}

/** Directories below JetStream's: of the account that everything was in before there were two, and of the one that replaces it. */
export const JETSTREAM_ACCOUNTS = { before: '$G', now: SERVICES };
