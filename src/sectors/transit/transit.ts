import { z } from 'zod';
import { hainanDay } from '#platform/calendar.ts';
import { defineSector } from '#sectors/contract.ts';
import { effectiveOn, groupedBy } from '#sectors/rules/effective.ts';
import { fareOf, noWindow, type Tap, type Tariff } from './rules/fare.ts';
import { readTaps, readTariffs, writeTaps } from './store.ts';

const tariffKey = (participantId: number, line: string) => `${participantId} ${line}`;

/** Taps on buses and trains: the tariff says the fare; the purse rule says who pays it. */
export const transit = defineSector<Tap, ReadonlyMap<string, readonly Tariff[]>>({
  name: 'transit',
  code: 2,
  direction: 'pays',
  keeps: 'card-account',
  detail: z.strictObject({ line: z.string().regex(/^[A-Z0-9]{1,8}$/) }),
  readTariffs: async (session) =>
    groupedBy(await readTariffs(session), (tariff) => tariffKey(tariff.participantId, tariff.line)),
  read: readTaps,
  plan: (request, tariffs, last) => {
    const { rule } = request;
    if (rule === null) return 'no-tariff';
    if (request.amountFen !== null) return 'amount-not-expected';
    const day = hainanDay(request.nowMs);
    const ofLine = tariffs.get(tariffKey(request.participantId, request.detail['line'] ?? '*'));
    const tariff =
      effectiveOn(ofLine, day) ?? effectiveOn(tariffs.get(tariffKey(request.participantId, '*')), day);
    if (tariff === undefined) return 'no-tariff';
    const tap = { tappedAtMs: request.nowMs, entryId: request.entryId };
    const fare = fareOf(tap, tariff, last);
    const state = fare.tap ?? { ...noWindow, entryId: request.entryId };
    return { parts: [{ ...rule, amountFen: fare.amountFen }], others: [], state };
  },
  // A tap that is taken back opens no transfer; one that came after it keeps its own window.
  undo: ({ entryId }, last) => (last?.entryId === entryId ? { ...noWindow, entryId } : null),
  write: writeTaps,
});
