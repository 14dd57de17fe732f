/** What a `concurrently` statement is about: what has to be looked at before it is run again. */
export type ConcurrentWork =
  | { readonly kind: 'create-index' | 'drop-index'; readonly schema: string; readonly name: string }
  | { readonly kind: 'detach'; readonly partition: string }
  | { readonly kind: 'other' };

const name = '("[^"]+"|[a-z0-9_]+)';
const createIndex = new RegExp(
  `^create (?:unique )?index concurrently (?:if not exists )?${name} on (?:only )?${name}\\.`,
);
const dropIndex = new RegExp(`^drop index concurrently (?:if exists )?${name}\\.${name}`);
const detach = new RegExp(`detach partition (${name}\\.${name}) concurrently`);

/** Reads a statement without comments, in lower case. An index is in the schema of its table. */
export function concurrentWork(plain: string): ConcurrentWork {
  const created = createIndex.exec(plain);
  if (created?.[1] && created[2]) return { kind: 'create-index', name: created[1], schema: created[2] };
  const dropped = dropIndex.exec(plain);
  if (dropped?.[1] && dropped[2]) return { kind: 'drop-index', schema: dropped[1], name: dropped[2] };
  const detached = detach.exec(plain);
  if (detached?.[1]) return { kind: 'detach', partition: detached[1] };
  return { kind: 'other' };
}
