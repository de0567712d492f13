import type { HostFs } from '@perfwatch/procfs';

/** Where below /proc the monitored machine's network is, or why it cannot be seen. */
export type NetworkDirectory = { readonly path: string; readonly fault: null } | { readonly path: null; readonly fault: string };

/**
 * The directory of the monitored machine's network namespace: that of its first process. /proc/net leads to the namespace of whoever reads,
 * which for a collector in a container is the container's; only where it is a directory, as in a copied tree, does it tell about
 * the machine. See proc_net(5), network_namespaces(7).
 */
export function findNetworkDirectory(fs: HostFs): NetworkDirectory {
  if (fs.isOwnProc) return { path: 'net', fault: null };
  if (fs.readProc('1/net/dev') !== null) return { path: '1/net', fault: null };
  const fault = fs.faultOfProc('1/net/dev') ?? '';
  if (fs.linkOfProc('net') === null) {
    return fs.readProc('net/dev') === null ? { path: null, fault } : { path: 'net', fault: null };
  }
  const cure = "mount the host's /proc without hidepid, or with gid= of this user's group, from the host's PID namespace";
  return { path: null, fault: `The network of process 1 cannot be seen (${fault}): ${cure}` };
}
