import { TooManyWait } from '#platform/limits/gatherer.ts';

/** Lets so many of each terminal wait and no more, so that a flood in one name does not keep the others waiting. */
export function fewEach<Item extends { readonly terminalId: number }, Answer>(
  eachMax: number,
  work: (item: Item) => Promise<Answer>,
): (item: Item) => Promise<Answer> {
  const waiting = new Map<number, number>();
  return async (item) => {
    const { terminalId } = item;
    const before = waiting.get(terminalId) ?? 0;
    if (before >= eachMax) throw new TooManyWait('too many of one terminal wait');
    waiting.set(terminalId, before + 1);
    try {
      return await work(item);
    } finally {
      const left = (waiting.get(terminalId) ?? 1) - 1;
      if (left > 0) waiting.set(terminalId, left);
      else waiting.delete(terminalId);
    }
  };
}
