import { ERROR_CODES, PerfwatchError } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { connectionProblem, problemFor } from './problem.ts';

const fastifyError = (statusCode: number, message: string) => Object.assign(new Error(message), { statusCode, code: 'FST_ERR_SOMETHING' });

describe('problemFor', () => {
  it('gives each error code its status', () => {
    const statuses = ERROR_CODES.map((code) => problemFor(new PerfwatchError(code, 'x'), '/').problem.status);
    expect(statuses).toEqual([400, 401, 403, 404, 409, 429, 503, 500]);
  });

  it('says what is wrong, what to do and which fields', () => {
    const issues = [{ path: 'limit', message: 'too small' }];
    const error = new PerfwatchError('bad_input', 'The limit is wrong', { hint: 'Use 1 to 10000.', issues });
    expect(problemFor(error, '/api/x').problem).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'The limit is wrong. Use 1 to 10000.',
      instance: '/api/x',
      errors: issues,
    });
  });

  it.each([
    ['an internal error', new PerfwatchError('internal', 'secret of the database')],
    ['any other error', new Error('secret of the database')],
    ['an error with a status of its own', Object.assign(new Error('secret of the database'), { statusCode: 500 })],
    ['a client error of a library', Object.assign(new Error('secret of the database'), { statusCode: 400 })],
    ['no error at all', 'secret of the database'],
    ['nothing', undefined],
    ['a status that is none', Object.assign(new Error('secret of the database'), { statusCode: 'x' })],
  ])('tells nothing of %s', (_, error) => {
    expect(JSON.stringify(problemFor(error, '/').problem)).not.toContain('secret');
  });

  it('says when to try again', () => {
    expect(problemFor(new PerfwatchError('unavailable', 'x', { retryAfterSeconds: 7 }), '/').retryAfterSeconds).toBe(7);
    expect(problemFor(new PerfwatchError('unavailable', 'x'), '/').retryAfterSeconds).toBe(5);
    expect(problemFor(new PerfwatchError('too_many_requests', 'x'), '/').retryAfterSeconds).toBe(60);
    expect(problemFor(new PerfwatchError('bad_input', 'x'), '/').retryAfterSeconds).toBeNull();
  });

  it("keeps Fastify's own client errors, and its words where they help", () => {
    expect(problemFor(fastifyError(400, 'Body is not valid JSON'), '/').problem).toMatchObject({
      status: 400,
      detail: 'Body is not valid JSON.',
    });
    expect(problemFor(fastifyError(413, 'x'), '/').problem).toMatchObject({ status: 413, detail: 'The request body is too large.' });
    expect(problemFor(fastifyError(415, 'x'), '/').problem).toMatchObject({ status: 415, title: 'Unsupported Media Type' });
    expect(problemFor(fastifyError(500, 'x'), '/')).toMatchObject({ isExpected: false, problem: { status: 500 } });
  });
});

describe('connectionProblem', () => {
  it.each([
    ['HPE_HEADER_OVERFLOW', 431],
    ['ERR_HTTP_REQUEST_TIMEOUT', 408],
    ['HPE_INVALID_METHOD', 400],
    [undefined, 400],
  ])('%s is %i', (code, status) => {
    expect(connectionProblem(code).problem.status).toBe(status);
  });
});
