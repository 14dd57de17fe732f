import type { Caller } from './callers.ts';

/** Whose is what: an answer to a holder or a participant may speak of its own things only. */
export interface Owned {
  /** Marks a text (an id that was given, a name that was chosen) as somebody's. */
  plant(text: string, owner: bigint): void;
  /** What of others stands in an answer to this caller. */
  foreign(caller: Caller, text: string): string[];
}

const plantedMax = 5_000;

/** Where an answer names whose something is: the card account before the dash of a transaction, and fields. */
const patterns = {
  holder: [/"(\d{7})-\d{10,}"/g, /"cardAccountId":"(\d+)"/g],
  participant: [/"participantId":(\d+)/g, /"utility":(\d+)/g],
} as const;

export function openOwned(): Owned {
  const planted = new Map<string, bigint>();
  return {
    plant: (text, owner) => {
      if (planted.size < plantedMax) planted.set(text, owner);
    },
    foreign: ({ name, subject }, text) => {
      if (name !== 'holder' && name !== 'participant') return [];
      const named = patterns[name].flatMap((pattern) => [...text.matchAll(pattern)].map(([, id]) => id));
      const others = named.filter((id) => id !== undefined && BigInt(id) !== subject);
      const marked = [...planted].filter(([mark, owner]) => owner !== subject && text.includes(mark));
      return [
        ...new Set([
          ...others.map(() => `names another ${name}`),
          ...marked.map(() => `has what was planted with another ${name}`),
        ]),
      ];
    },
  };
}
