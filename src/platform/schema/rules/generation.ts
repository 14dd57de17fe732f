/**
 * Which schema this version asks of: raised with a version that no longer uses what a later migration drops. 2 asks for
 * postings by four entries and for outcomes by id or key alone (0044, 0043), 3 for a history by its legs (0048).
 */
export const schemaGeneration = 3;

const named = /^one-card\b(?:.*, schema (\d+)$)?/;

/** How a session of ours is called at the server: `one-card lane, schema 2`. */
export function sessionName(purpose: string): string {
  return `one-card ${purpose}, schema ${schemaGeneration}`;
}

/** The schema that a session of such a name asks of: 1 before names said it, null for one that is not ours. */
export function generationOf(applicationName: string): number | null {
  const found = named.exec(applicationName);
  return found === null ? null : Number(found[1] ?? 1);
}

const directive = /^-- when no session before schema (\d+) is there$/m;

/** From which schema on all sessions must be before a migration that drops something is run; null for any other. */
export function contractsFrom(sql: string): number | null {
  const found = directive.exec(sql);
  return found === null ? null : Number(found[1]);
}
