/** A word by which a list is filtered, and what may stand for it. */
export interface Filter {
  readonly word: string;
  readonly kind: 'choice' | 'number' | 'day' | 'text';
  readonly pattern: RegExp;
  /** What there is to choose from. */
  readonly options?: readonly string[];
  /** Whether the list is of nothing without it. */
  readonly needed?: true;
}

export function choiceOf(word: string, options: readonly string[]): Filter {
  return { word, kind: 'choice', options, pattern: new RegExp(`^(${options.join('|')})$`) };
}

export function numberOf(word: string): Filter {
  return { word, kind: 'number', pattern: /^[1-9]\d{0,17}$/ };
}

export function dayOf(word: string): Filter {
  return { word, kind: 'day', pattern: /^(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/ };
}

export function textOf(word: string, pattern: RegExp): Filter {
  return { word, kind: 'text', pattern };
}

/** What is wrong with a query, by the word that is wrong. */
export interface QueryFault {
  readonly word: string;
  readonly fault: 'unknown' | 'twice' | 'shape' | 'needed';
}

export interface ListQuery {
  /** The words that say something, in the order of the filters. */
  readonly said: Readonly<Record<string, string>>;
  /** Where the page before ended; null for the first. */
  readonly after: string | null;
}

const afterWord = 'after';
const shownWord = /^[a-z-]{1,20}$/i;

/** How a list may be asked for. */
export interface ListForm {
  readonly filters: readonly Filter[];
  readonly afterPattern: RegExp;
}

type Pairs = readonly (readonly [string, string])[];

/**
 * The query of a list, read strictly: a word that the list does not know, one that stands twice and a value that it
 * cannot have are refused, so that nobody reads a list as filtered that is not. A word without a value says nothing.
 */
export function readListQuery(
  query: Iterable<readonly [string, string]>,
  form: ListForm,
): ListQuery | { readonly faults: readonly QueryFault[] } {
  const pairs = [...query].map(([word, value]) => [word, value.trim()] as const);
  const said = new Map(pairs.filter(([, value]) => value !== ''));
  const faults = wrongWords(pairs, form);
  const wrong = new Set(faults.map(({ word }) => word));
  for (const { word, needed } of form.filters)
    if (needed && !said.has(word) && !wrong.has(word)) faults.push({ word, fault: 'needed' });
  if (faults.length > 0) return { faults };
  const words = form.filters.flatMap(({ word }) => {
    const value = said.get(word);
    return value === undefined ? [] : [[word, value] as const];
  });
  return { said: Object.fromEntries(words), after: said.get(afterWord) ?? null };
}

/** What is wrong with the words that were said, each once. */
function wrongWords(pairs: Pairs, form: ListForm): QueryFault[] {
  const patterns = new Map(form.filters.map(({ word, pattern }) => [word, pattern]));
  patterns.set(afterWord, form.afterPattern);
  return [...Map.groupBy(pairs, ([word]) => word)].flatMap(([word, said]) => {
    const fault = faultOf(patterns.get(word), said);
    // A word from outside is shown again only if it looks like one.
    return fault === null ? [] : [{ word: fault === 'unknown' && !shownWord.test(word) ? '…' : word, fault }];
  });
}

function faultOf(pattern: RegExp | undefined, said: Pairs): QueryFault['fault'] | null {
  if (pattern === undefined) return 'unknown';
  if (said.length > 1) return 'twice';
  const [, value = ''] = said[0] ?? [];
  return value === '' || pattern.test(value) ? null : 'shape';
}
