import { isUtf8 } from 'node:buffer';

/**
 * The body as JSON that means the same to everybody who reads it, or undefined: JSON.parse lets the last of two
 * equal names win, objects treat "__proto__" as no field of their own, and no database keeps a text with a NUL.
 *
 * A name is written as it is. One with an escape is refused, although JSON has it: Node 24 reads such a name by what it
 * read before (after `{"a":1,"\\":2}` the `\u0061` of `{"a":1,"\u0061":2}` is a backslash), and ours need none.
 */
export function parseStrictJson(body: Buffer): { readonly value: unknown } | undefined {
  if (!isUtf8(body)) return undefined;
  const text = body.toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    if (text.includes('\\u0000') && nulEscape.test(text)) return undefined;
    return namesWritten(text) === namesKept(value) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** A NUL as JSON writes it: the backslash before it is no second of a pair. */
const nulEscape = /(?<!\\)(?:\\\\)*\\u0000/;
const stringAndColon = /"[^"\\]*(\\.[^"\\]*)*"\s*(:?)/g;

/** How many names stand in a text that is JSON; null where one is written with an escape. */
function namesWritten(text: string): number | null {
  let names = 0;
  for (const [, escaped, colon] of text.matchAll(stringAndColon)) {
    if (colon === '') continue;
    if (escaped !== undefined) return null;
    names += 1;
  }
  return names;
}

/** How many fields are left of them. Without recursion: the nesting is the sender's choice. */
function namesKept(value: unknown): number {
  const open: unknown[] = [value];
  let names = 0;
  while (open.length > 0) {
    const item = open.pop();
    if (typeof item !== 'object' || item === null) continue;
    const isList = Array.isArray(item);
    for (const [name, inner] of Object.entries(item)) {
      if (!isList && name !== '__proto__') names += 1;
      open.push(inner);
    }
  }
  return names;
}
