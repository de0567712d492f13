import { parseInput, PerfwatchError } from '@perfwatch/contract';
import type { FastifySchemaCompiler } from 'fastify';
import type { $ZodType } from 'zod/v4/core';
import { z } from 'zod';
import type { HttpServer } from './server.ts';

const PART_NAMES: Readonly<Record<string, string>> = { body: 'body', querystring: 'query', params: 'path', headers: 'headers' };

/** Validates with the contract's schemas; a failure names every wrong field. */
export const validatorCompiler: FastifySchemaCompiler<$ZodType> = ({ schema, httpPart }) => {
  if (!(schema instanceof z.ZodType)) throw new TypeError('a route has a schema that is not a Zod schema');
  const what = PART_NAMES[httpPart ?? ''] ?? 'request';
  return (data: unknown) => {
    try {
      return { value: parseInput(schema, data, what) };
    } catch (error) {
      return { error: error instanceof Error ? error : new Error(String(error)) };
    }
  };
};

/** Deepest body that is looked at; nothing in the contract is deeper than five. */
const MAX_DEPTH = 32;

/** What no request may hold anywhere; null when all is well. */
function faultIn(value: unknown, depth = 0): string | null {
  // PostgreSQL cannot store a NUL, and bcrypt would stop reading at it.
  if (typeof value === 'string') return value.includes('\0') ? 'The request contains a NUL character' : null;
  if (typeof value !== 'object' || value === null) return null;
  if (depth > MAX_DEPTH) return 'The body is nested too deep';
  for (const [key, entry] of Object.entries(value)) {
    const fault = faultIn(key) ?? faultIn(entry, depth + 1);
    if (fault !== null) return fault;
  }
  return null;
}

/** A request that Fastify's own words do not fit. */
class UnsupportedEncoding extends Error {
  readonly statusCode = 415;
}

/** Takes bodies as JSON and nothing else, as they are: a compressed one could become a thousand times as large. A body that is empty is none. */
export function limitInput(server: HttpServer): void {
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') done(null, undefined);
    else void parseJson(request, text, done);
  });
  server.addHook('onRequest', ({ headers }, reply, done) => {
    const { 'content-encoding': encoding = 'identity' } = headers;
    if (encoding.toLowerCase() === 'identity') {
      done();
      return;
    }
    // What is left of the body is not waited for.
    reply.header('connection', 'close');
    done(new UnsupportedEncoding('the body is compressed'));
  });
  server.addHook('preValidation', ({ params, query, body }, _reply, done) => {
    const fault = faultIn(params) ?? faultIn(query) ?? faultIn(body);
    done(fault === null ? undefined : new PerfwatchError('bad_input', fault));
  });
}
