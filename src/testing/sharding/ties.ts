/** Which tables of a statement are of the same bucket, and whether the caller says which one. */
export interface Ties {
  /** A table that goes by bucket. */
  table(name: string): string;
  /** What the caller gives (or what lies everywhere): its bucket is known before anything is asked. */
  given(alias: string): string;
  /** Of a union: whoever is tied to it is tied to one of the two. */
  either(left: string, right: string): string;
  /** Says that two are of the same bucket. */
  tie(one: string, other: string): void;
  /** The last that was given or read under that name. */
  last(alias: string): string | null;
  problems(): string[];
}

export function openTies(): Ties {
  const parents = new Map<string, string>();
  const tables = new Map<string, string>();
  const givens = new Set<string>();
  const lastOf = new Map<string, string>();
  let count = 0;
  const open = (label: string) => {
    count += 1;
    const id = `${label} ${count}`;
    parents.set(id, id);
    return id;
  };
  const rootOf = (id: string): string => {
    const parent = parents.get(id) ?? id;
    return parent === id ? id : rootOf(parent);
  };
  const tie = (one: string, other: string) => {
    parents.set(rootOf(one), rootOf(other));
  };
  const isKnown = (root: string) => [...givens].some((given) => rootOf(given) === root);
  return {
    table: (name) => {
      const id = open(name);
      tables.set(id, name);
      return id;
    },
    given: (alias) => {
      const id = open(alias);
      givens.add(id);
      lastOf.set(alias, id);
      return id;
    },
    either: (left, right) => {
      // One that is not known makes the whole not known; two that are known make it known.
      const id = open('(a union)');
      const unknown = [left, right].find((arm) => !isKnown(rootOf(arm)));
      if (unknown === undefined) givens.add(id);
      else tie(id, unknown);
      return id;
    },
    tie,
    last: (alias) => lastOf.get(alias) ?? null,
    problems: () => {
      const groups = Map.groupBy(tables, ([id]) => rootOf(id));
      const names = (members: readonly (readonly [string, string])[]) =>
        [...new Set(members.map(([, name]) => name))].join(', ');
      const unknown = [...groups].filter(([root]) => !isKnown(root));
      const known = [...groups].filter(([root]) => isKnown(root));
      return [
        ...unknown.map(([, members]) => `looked up without the bucket: ${names(members)}`),
        ...(known.length > 1
          ? [`of different buckets: ${known.map(([, members]) => names(members)).join(' / ')}`]
          : []),
      ];
    },
  };
}
