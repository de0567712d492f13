import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ProblemIssue } from '@perfwatch/contract';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Says what is wrong with a value (`must be ...`), or null. */
type Fault = (value: string) => string | null;

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Reads variables one by one and notes in `issues` what is wrong with each; a wrong one reads as null. */
export class EnvironmentReader {
  readonly #env: Environment;
  readonly #issues: ProblemIssue[];

  constructor(env: Environment, issues: ProblemIssue[]) {
    this.#env = env;
    this.#issues = issues;
  }

  text(name: string): string | null {
    const value = this.#env[name]?.trim();
    return value === undefined || value === '' ? null : value;
  }

  checked(name: string, fault: Fault): string | null {
    const value = this.text(name);
    const message = value === null ? null : fault(value);
    return message === null ? value : this.#refuse(name, `is "${value ?? ''}" but ${message}`);
  }

  integer(name: string, { min, max }: { min: number; max: number }): number | null {
    const isInRange = (text: string) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max;
    const text = this.checked(name, (value) => (isInRange(value) ? null : `must be a whole number from ${min} to ${max}`));
    return text === null ? null : Number(text);
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | null {
    const text = this.checked(name, (value) => (allowed.some((one) => one === value) ? null : `must be one of ${allowed.join(', ')}`));
    return allowed.find((one) => one === text) ?? null;
  }

  /** An existing directory, absolute. */
  directory(name: string): string | null {
    const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    const path = this.checked(name, (value) => (isDirectory(value) ? null : 'must be a directory that exists'));
    return path === null ? null : resolve(path);
  }

  /** A file that can be read, absolute. */
  file(name: string): string | null {
    const path = this.text(name);
    if (path === null) return null;
    return this.#contents(name, path) === null ? null : resolve(path);
  }

  /** The variable, or the contents of the file that `<name>_FILE` names, without the line's end. Its value is never shown. */
  secret(name: string, fault: Fault): string | null {
    const fileName = `${name}_FILE`;
    const path = this.text(fileName);
    const direct = this.text(name);
    if (path !== null && direct !== null) return this.#refuse(name, `is set and so is ${fileName}: set one of them`);
    const value = path === null ? direct : this.#contents(fileName, path);
    const message = value === null ? null : fault(value);
    return message === null ? value : this.#refuse(path === null ? name : fileName, message);
  }

  #contents(name: string, path: string): string | null {
    try {
      const contents = readFileSync(path, 'utf8').trim();
      return contents === '' ? this.#refuse(name, `names ${path}, which is empty`) : contents;
    } catch (error) {
      return this.#refuse(name, `names a file that cannot be read: ${causeOf(error)}`);
    }
  }

  #refuse(name: string, message: string): null {
    this.#issues.push({ path: name, message });
    return null;
  }
}
