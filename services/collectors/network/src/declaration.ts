import type { DeclaredMetrics, DimensionDeclarations, MetricDeclaration, MetricDeclarations } from '@perfwatch/service-kit';

const DEV = '/proc/net/dev, proc_net(5)';

const bytes = (title: string, help: string) =>
  ({ title, unit: 'bytes_per_sec', kind: 'rate', help, source: DEV }) as const satisfies MetricDeclaration;
const packets = (title: string, help: string) =>
  ({ title, unit: 'per_sec', kind: 'rate', help, source: DEV }) as const satisfies MetricDeclaration;
const rate = (title: string, help: string, source: string) =>
  ({ title, unit: 'per_sec', kind: 'rate', help, source }) as const satisfies MetricDeclaration;
const count = (title: string, help: string, source: string) =>
  ({ title, unit: 'count', kind: 'gauge', help, source }) as const satisfies MetricDeclaration;

/** The eight rates; `scope` is what they are of, as the help ends. */
const traffic = (scope: string) =>
  ({
    recv_bytes_per_sec: bytes('Received', `Bytes received${scope}`),
    sent_bytes_per_sec: bytes('Sent', `Bytes sent${scope}`),
    recv_packets_per_sec: packets('Packets received', `Packets received${scope}`),
    sent_packets_per_sec: packets('Packets sent', `Packets sent${scope}`),
    recv_errors_per_sec: packets('Receive errors', `Damaged or unusable packets${scope}`),
    sent_errors_per_sec: packets('Send errors', `Packets that could not be sent${scope}`),
    recv_drops_per_sec: packets('Receive drops', `Packets thrown away on arrival, because buffers were full or nobody wanted them${scope}`),
    sent_drops_per_sec: packets('Send drops', `Packets thrown away before sending, because queues were full${scope}`),
  }) as const satisfies MetricDeclarations;

const TOTAL =
  '. Sum of the physical interfaces, so that what passes bridges, bonds, VLANs, tunnels and containers is counted once; ' +
  'where there is none, as in a container, of those that carry no other. Never of lo. The source names the interfaces of this machine';

const AGE =
  'Sockets are counted beside the ticks, at a thirtieth of a percent of one core: every few seconds where there are few, at least once a minute ' +
  'where there are many, so the figure may be a minute old';

/** The kernel answers for the network namespace of the process that asks. */
const STATES = 'sock_diag(7); /proc/net/tcp and tcp6 where the /proc is not that of this process, or the kernel refuses; RFC 9293';

export const METRICS = {
  ...traffic(TOTAL),
  tcp_established_count: count(
    'Established',
    `TCP connections, IPv4 and IPv6, that are open at both ends: those that the kernel counts at each tick, without the last count of those that wait to be closed. ${AGE}, that part of it only`,
    '/proc/net/snmp Tcp CurrEstab - CLOSE-WAIT, RFC 9293',
  ),
  tcp_time_wait_count: count(
    'Time-wait',
    'TCP connections closed by this end, kept for a minute so that late packets are not taken for those of new ones; with those this end closed and no process holds any more (FIN-WAIT-2)',
    '/proc/net/sockstat TCP tw',
  ),
  tcp_close_wait_count: count(
    'Close-wait',
    `TCP connections that the other end closed and a program of this machine does not: many that stay are a defect of that program. ${AGE}`,
    STATES,
  ),
  tcp_listen_count: count('Listening', `TCP sockets that wait for connections. ${AGE}`, STATES),
  udp_count: count('UDP', 'UDP sockets with a local port, IPv4 and IPv6', '/proc/net/sockstat and sockstat6 UDP inuse'),
  connection_count: count(
    'Sockets',
    'TCP sockets of every state, those in time-wait and those that listen included, and UDP sockets with a local port; IPv4 and IPv6. Half-open ones that arrive (SYN-RECEIVED) are not in it',
    '/proc/net/sockstat and sockstat6',
  ),
  tcp_retransmits_per_sec: rate('TCP retransmits', 'TCP segments sent again because no answer came', '/proc/net/snmp Tcp RetransSegs'),
  tcp_listen_drops_per_sec: rate(
    'Listen drops',
    'Connections refused because the program that listens did not accept fast enough, or memory ran out',
    '/proc/net/netstat TcpExt ListenDrops',
  ),
  udp_receive_errors_per_sec: rate(
    'UDP receive errors',
    'UDP packets that could not be delivered, mostly because the program did not read fast enough; IPv4 and IPv6',
    '/proc/net/snmp Udp InErrors + /proc/net/snmp6 Udp6InErrors',
  ),
} as const satisfies MetricDeclarations;

export const DIMENSIONS = {
  interface: {
    title: 'Interface',
    help: 'Every network interface of the machine, virtual ones and lo included. One that comes, or comes back, has no rate at its first tick',
    metrics: {
      ...traffic(''),
      link_speed_bytes_per_sec: {
        title: 'Link speed',
        unit: 'bytes_per_sec',
        kind: 'gauge',
        help: 'What the link can carry each way. Null where the link is down or the driver does not know, as of most virtual interfaces',
        source: '/sys/class/net/*/speed',
      },
      up_ratio: {
        title: 'Up',
        unit: 'ratio',
        kind: 'gauge',
        help: '1 when it can pass packets, else 0; looked at every 3 s. Loopback and tunnels are up when they were brought up and have a carrier',
        source: '/sys/class/net/*/operstate, else flags and carrier, RFC 2863',
      },
    },
  },
} as const satisfies DimensionDeclarations;

export type NetworkMetrics = DeclaredMetrics<typeof METRICS, typeof DIMENSIONS>;
export type InterfaceMetrics = NonNullable<NetworkMetrics['interface']>[string];
