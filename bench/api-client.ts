import { readinessSchema, retentionReplySchema, retentionRunSchema, type RetentionReply, type RetentionRun } from '@perfwatch/contract';
import { z } from 'zod';

const loginSchema = z.object({ access_token: z.string() });
const JSON_BODY = { 'content-type': 'application/json' };

/** The HTTP API as an administrator uses it, without compression. */
export class ApiClient {
  readonly url: string;
  readonly #password: string;
  #token: Promise<string> | null = null;

  constructor(url: string, password: string) {
    this.url = url;
    this.#password = password;
  }

  /** The reply's text; throws what the API answers when it is no success. */
  async request(path: string, { method = 'GET', body }: { method?: string; body?: unknown } = {}): Promise<string> {
    const token = await (this.#token ??= this.#logIn());
    const headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'identity', ...(body === undefined ? {} : JSON_BODY) };
    const response = await fetch(`${this.url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text;
  }

  async retention(): Promise<RetentionReply> {
    return retentionReplySchema.parse(JSON.parse(await this.request('/api/retention')));
  }

  async runRetention(): Promise<RetentionRun> {
    return retentionRunSchema.parse(JSON.parse(await this.request('/api/retention/cleanup', { method: 'POST' })));
  }

  /** Names of the services that say they are up. */
  async servicesUp(): Promise<Set<string>> {
    const { dependencies } = readinessSchema.parse(await (await fetch(`${this.url}/health/ready`)).json());
    return new Set(Object.entries(dependencies).flatMap(([name, { up }]) => (up ? [name] : [])));
  }

  async #logIn(): Promise<string> {
    const body = JSON.stringify({ username: 'admin', password: this.#password });
    const response = await fetch(`${this.url}/api/auth/login`, { method: 'POST', headers: JSON_BODY, body });
    return loginSchema.parse(await response.json()).access_token;
  }
}
