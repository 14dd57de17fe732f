/**
 * That postings are an entry's, as a condition: four entries whose ids follow each other share a key of the index (0044),
 * so both are said, or a day is read through. `postings` is the relation's name, `id` an expression.
 */
export function ofEntrySql(postings: string, id: string): string {
  return `${postings}.entry_id >> 2 = ${id} >> 2 and ${postings}.entry_id = ${id}`;
}

/** That postings are of entries between two ids, both with them, as a condition. */
export function ofEntriesBetweenSql(postings: string, first: string, last: string): string {
  return `${postings}.entry_id >> 2 between ${first} >> 2 and ${last} >> 2
    and ${postings}.entry_id between ${first} and ${last}`;
}

/**
 * An entry's id where its owner is known, as an expression: found by the owner, who has few entries a day. Said plainly,
 * PostgreSQL takes the index of ids for it, whose every range it looks at (0044): 50 us an entry of a busy day.
 */
export const idOfOwnersSql = (entries: string): string => `${entries}.id + 0`;
