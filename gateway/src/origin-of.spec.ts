import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientAddress, isWelcome, trustIn, type ReceivedRequest } from './origin-of.ts';

const from = (remoteAddress: string, headers: ReceivedRequest['headers'] = {}): ReceivedRequest => ({ headers, socket: { remoteAddress } });
const isTrusted = trustIn(['127.0.0.0/8', '10.1.0.0/16', 'fd00::/8']);

describe('trustIn', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.255.0.9', true],
    ['10.1.255.1', true],
    ['::ffff:10.1.2.3', true],
    ['fd12::1', true],
    ['10.2.0.1', false],
    ['::1', false],
    ['', false],
    ['localhost', false],
    ['10.1.0.1, 8.8.8.8', false],
  ])('of %j: %s', (address, expected) => {
    expect(isTrusted(address)).toBe(expected);
  });

  it('trusts nobody when nobody is named', () => {
    expect(trustIn([])('127.0.0.1')).toBe(false);
  });
});

describe('clientAddress', () => {
  it.each([
    ['the connection itself', from('9.9.9.9'), '9.9.9.9'],
    ['an untrusted connection, whatever it says', from('9.9.9.9', { 'x-forwarded-for': '127.0.0.1' }), '9.9.9.9'],
    ['what a trusted proxy saw', from('127.0.0.1', { 'x-forwarded-for': '8.8.8.8' }), '8.8.8.8'],
    ['the last before the proxies', from('127.0.0.1', { 'x-forwarded-for': '1.1.1.1, 8.8.8.8, 10.1.0.1' }), '8.8.8.8'],
    ['the first, when all are proxies', from('127.0.0.1', { 'x-forwarded-for': '10.1.0.2,10.1.0.1' }), '10.1.0.2'],
    ['a proxy that says nothing', from('127.0.0.1', { 'x-forwarded-for': '' }), '127.0.0.1'],
  ])('is that of %s', (_, request, expected) => {
    expect(clientAddress(request, isTrusted)).toBe(expected);
  });
});

describe('clientAddress and Fastify', () => {
  const app = fastify({ trustProxy: isTrusted });
  let port = 0;
  let seen = { own: '', fastify: '' };
  beforeAll(async () => {
    app.get('/', (request) => {
      seen = { own: clientAddress(request.raw, isTrusted), fastify: request.ip };
      return 'ok';
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    port = (app.server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    await app.close();
  });

  it('see the same address', async () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('127.0.0.1', '10.1.2.3', 'fd00::1'));
    const ask = (forwarded: string) =>
      new Promise<void>((resolve, reject) => {
        httpRequest({ port, headers: { 'x-forwarded-for': forwarded } }, (reply) => reply.resume().on('end', () => resolve()))
          .on('error', reject)
          .end();
      });
    await fc.assert(
      fc.asyncProperty(fc.array(address, { minLength: 1, maxLength: 4 }), async (addresses) => {
        await ask(addresses.join(', '));
        expect(seen.own).toBe(seen.fastify);
      }),
    );
  });
});

describe('isWelcome: who may connect', () => {
  const rules = { allowedOrigins: new Set(['https://wall.example']), isTrusted };
  it.each([
    ['a program', from('9.9.9.9', { host: 'pw.example' }), true],
    ['a page of its own', from('9.9.9.9', { host: 'pw.example', origin: 'https://pw.example' }), true],
    ['a page of an allowed origin', from('9.9.9.9', { host: 'pw.example', origin: 'https://wall.example' }), true],
    ['the same name without TLS', from('9.9.9.9', { host: 'pw.example', origin: 'http://wall.example' }), false],
    ['a page of another site', from('9.9.9.9', { host: 'pw.example', origin: 'https://evil.example' }), false],
    ['another port', from('9.9.9.9', { host: 'pw.example', origin: 'https://pw.example:8443' }), false],
    ['a page of no origin', from('9.9.9.9', { host: 'pw.example', origin: 'null' }), false],
    ['a page in a file', from('9.9.9.9', { host: '', origin: 'file://' }), false],
    ['no host at all', from('9.9.9.9', { origin: 'null' }), false],
    [
      'the name that a trusted proxy has',
      from('127.0.0.1', { host: 'gw:8080', 'x-forwarded-host': 'pw.example', origin: 'https://pw.example' }),
      true,
    ],
    [
      'the name that anyone says',
      from('9.9.9.9', { host: 'gw:8080', 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' }),
      false,
    ],
  ])('%s', (_, request, expected) => {
    expect(isWelcome(request, rules)).toBe(expected);
  });
});
