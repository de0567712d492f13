/** What to type, one command after the other, and what it is for. */
export interface Step {
  text: string;
  commands: readonly string[];
}

/** Something to do, step by step, and what happens then. */
export interface Task {
  key: string;
  title: string;
  about: string;
  steps: readonly Step[];
  /** Where what it brings will be seen. */
  outcome: string;
}

export interface Place {
  /** Where PerfWatch runs, as other machines call it. */
  machine: string;
  /** The host that its own collectors report. */
  host: string;
}

/** Every collector, and what publishes the inventory. */
const SERVICES = 'cpu memory network disk memory-bandwidth perf-events pressure perfwatch';

/** Stands for the hostname of a machine that PerfWatch does not know yet. */
const OTHER_HOST = 'web-2';

const LOOPBACK = /^(localhost|127\..*|\[?::1\]?)$/;

/** Other machines do not know this one by its loopback address. */
export function machineName(browserHost: string, hostname: string | null): string {
  return LOOPBACK.test(browserHost) ? (hostname ?? 'this-machine') : browserHost;
}

/** The collectors of PerfWatch on another machine. Its nats-server listens on the loopback address alone, hence the tunnel. */
export function secondHost({ machine }: Place): Task {
  return {
    key: 'second-host',
    title: 'Add another host',
    about:
      'The collectors run on the other machine and publish to the bus of this one, which listens on this machine alone: they reach it through SSH, unless PERFWATCH_NATS_HOST opens it to your network. The other machine needs a copy of PerfWatch, but no database and no dashboard.',
    steps: [
      {
        text: `On this machine, in the folder of PerfWatch, make an address for the other one. Put its hostname in the place of ${OTHER_HOST}: the address publishes what belongs to that host, and nothing else.`,
        commands: [`npm run perfwatch -- credentials create host --host ${OTHER_HOST}`],
      },
      {
        text: 'On the other machine, in the folder of PerfWatch, open the tunnel, paste the address and press Enter (it is not shown), and start the collectors. Where the address ends in another port than 4222, put that in both places.',
        commands: [
          `ssh -f -N -L 4222:127.0.0.1:4222 ${machine}`,
          'read -rs PERFWATCH_NATS_URL && export PERFWATCH_NATS_URL',
          `npm run perfwatch -- run ${SERVICES}`,
        ],
      },
    ],
    outcome:
      'The host appears on the Hosts page by itself within seconds. Where it is to have another name than its hostname, make the address for that name, and set PERFWATCH_HOST_ID to it on the other machine.',
  };
}

/** The example in shell from docs/examples. */
export function ownCollector({ host }: Place): Task {
  return {
    key: 'own-collector',
    title: 'Write a collector of your own',
    about:
      'Anything that can write a line to a socket is a collector. This one counts who is logged in, in thirty lines of shell: a place to begin from. Run it on this machine, in the folder of PerfWatch.',
    steps: [
      {
        text: `Make credentials: they may publish what belongs to ${host}, and nothing else.`,
        commands: [`npm run perfwatch -- credentials create collector --host ${host}`],
      },
      { text: 'Paste the address that it prints and press Enter. It is not shown.', commands: ['read -rs NATS_URL && export NATS_URL'] },
      { text: 'Start it. Ctrl-C ends it.', commands: [`docs/examples/logged-in-users.sh ${host}`] },
    ],
    outcome: `A panel “Logins” appears on the live page of ${host} by itself after the first five seconds, and in History and Compare from then on.`,
  };
}
