import { createServer } from 'node:net';
import { PerfwatchError } from '@perfwatch/contract';
import { findFreePort } from '@perfwatch/embedded';

export interface PortRequest {
  host: string;
  /** 0: any free one. */
  port: number;
  /** Variables that a person changes when it cannot be had. */
  hostVariable: string | null;
  portVariable: string;
}

function explain(error: NodeJS.ErrnoException, { host, port, hostVariable, portVariable }: PortRequest): string {
  if (error.code === 'EADDRINUSE')
    return `Port ${port} is in use: stop the program that uses it, or set ${portVariable} to another (0 picks a free one)`;
  if (error.code === 'EACCES') return `Port ${port} is for root alone: set ${portVariable} to one above 1023`;
  return `${hostVariable ?? 'The loopback address'} is "${host}", where nothing can listen on this machine: ${error.message}`;
}

/**
 * The port asked for, or a free one for 0, which nothing listens on now. Throws PerfwatchError('conflict') when it is taken or may not be used.
 */
export async function reservePort(request: PortRequest): Promise<number> {
  const port = request.port === 0 ? await findFreePort() : request.port;
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => reject(new PerfwatchError('conflict', explain(error, request), { cause: error })));
    server.listen({ host: request.host, port, exclusive: true }, () => server.close(() => resolve(port)));
  });
}
