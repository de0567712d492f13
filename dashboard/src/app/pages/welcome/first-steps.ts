/** What to type, and what it is for. */
export interface Step {
  text: string;
  command: string;
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
      'The collectors run on the other machine and publish to the bus of this one. The bus listens on this machine alone, so that they reach it through SSH. It takes a copy of PerfWatch there; a database and a dashboard it does not need.',
    steps: [
      {
        text: 'On this machine, in the folder of PerfWatch, show the address of the bus. The password in it opens all of the bus: keep it to yourself.',
        command: `node -p 'JSON.parse(fs.readFileSync((process.env.PERFWATCH_DATA_DIR || ".perfwatch") + "/run.json", "utf8")).nats.url'`,
      },
      {
        text: 'On the other machine, open the tunnel. Where the address ends in another port than 4222, put that in both places.',
        command: `ssh -f -N -L 4222:127.0.0.1:4222 ${machine}`,
      },
      {
        text: 'There, in the folder of PerfWatch, paste the address and press Enter. It is not shown.',
        command: `read -rs PERFWATCH_NATS_URL && export PERFWATCH_NATS_URL`,
      },
      { text: 'Start the collectors.', command: `npm run perfwatch -- run ${SERVICES}` },
    ],
    outcome: 'The host appears on the Hosts page by itself within seconds, under its hostname. PERFWATCH_HOST_ID gives it another name.',
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
        command: `npm run perfwatch -- credentials create collector --host ${host}`,
      },
      { text: 'Paste the address that it prints and press Enter. It is not shown.', command: 'read -rs NATS_URL && export NATS_URL' },
      { text: 'Start it. Ctrl-C ends it.', command: `docs/examples/logged-in-users.sh ${host}` },
    ],
    outcome: `A panel “Logins” appears on the live page of ${host} by itself after the first five seconds, and in History and Compare from then on.`,
  };
}
