import type { z } from 'zod';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** What a bound counts, by what is bounded. */
const COUNTED: Readonly<Record<string, string>> = { string: ' characters', array: ' entries', record: ' entries' };

function boundWords({ code, origin, inclusive = true, ...issue }: Extract<RawIssue, { code: 'too_small' | 'too_big' }>): string {
  const isLower = code === 'too_small';
  const bound = String('minimum' in issue ? issue.minimum : 'maximum' in issue ? issue.maximum : '');
  const counted = COUNTED[origin];
  if (counted !== undefined) return `must have at ${isLower ? 'least' : 'most'} ${bound}${counted}`;
  if (!inclusive) return `must be ${isLower ? 'above' : 'below'} ${bound}`;
  return `must be at ${isLower ? 'least' : 'most'} ${bound}`;
}

/** Of what fits no alternative, the complaint of the alternative that came nearest: one of the right type. */
function nearest(alternatives: readonly (readonly z.core.$ZodIssue[])[]): string | undefined {
  const complaints = alternatives.flatMap(([first]) => first ?? []);
  return (complaints.find(({ code }) => code !== 'invalid_type') ?? complaints[0])?.message;
}

/**
 * What is wrong with a field, in words for whoever sent it: Zod's own speak of the program ("expected number, received NaN").
 * Undefined, which leaves it to Zod, for what no schema of the contract says by itself.
 */
export function issueWords(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
    case 'too_small':
    case 'too_big':
      return boundWords(issue);
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}`;
    case 'unrecognized_keys':
      return `has no field called ${issue.keys.join(', ')}`;
    case 'invalid_key':
      return `has a name that cannot be: it ${issue.issues[0]?.message ?? 'is not known'}`;
    case 'invalid_union':
      return nearest(issue.errors);
    default:
      return undefined;
  }
}
