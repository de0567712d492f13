import { createServer } from 'node:net';

/** A TCP port of the loopback address that nothing listens on right now. Another program may still take it first: be ready to ask again. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('The system named no port'));
      });
    });
  });
}
