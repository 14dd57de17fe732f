import type { HttpContext } from '#channels/http/parts.ts';
import { type Problem, problemOf } from './problem.ts';

/** What a query says: the words that were said. */
interface Query<Name extends string> {
  readonly said: Partial<Record<Name, string>>;
}

/** Reads the words of a query that have a form to keep to; the problem names those that do not, and no value. */
export function readQuery<Name extends string>(
  c: HttpContext,
  forms: Readonly<Record<Name, RegExp>>,
  pageMax: number,
): Query<Name> | Problem {
  const said = c.req.query() as Partial<Record<Name, string>>;
  const errors = (Object.keys(forms) as Name[])
    .filter((name) => said[name] !== undefined && !forms[name].test(said[name]))
    .map((path) => ({
      path,
      message: path === 'limit' ? `a number from 1 to ${pageMax}` : 'as in the interface',
    }));
  return errors.length > 0 ? problemOf('invalid-request', { errors }) : { said };
}
