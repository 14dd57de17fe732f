import { caps, concessions, concessionTerms, tariffs } from '#demo/hainan.ts';
import { fen, minFen } from '#money/fen.ts';
import { timesRateDown } from '#money/rate.ts';
import type { Page } from './notebook.ts';

/**
 * What rides may cost by the demonstration's tariffs: the cheapest of fare, transfer and the card's concession; less
 * only where it fills the operator's cap, and never more than that a day. All rides of a run are of one day.
 */
export function checkFares(pages: readonly Page[]): string[] {
  const taps = pages.filter(({ sent, final }) => sent.kind === 'tap' && final?.refusal === null);
  const givenBack = new Map<Page, bigint>();
  for (const { sent, final } of pages) {
    if (sent.kind !== 'reversal' || sent.original === null || final?.refusal !== null) continue;
    givenBack.set(sent.original, moved(final.purses));
  }
  const problems: string[] = [];
  for (const [card, all] of Map.groupBy(taps, ({ sent }) => sent.card)) {
    for (const [participantId, ridden] of Map.groupBy(all, ({ sent }) => operatorOf(sent)))
      problems.push(...checkDay({ card, participantId, rides: all.length }, ridden, givenBack));
  }
  return problems;
}

/** A card at an operator, and how often it rode with all of them. */
interface Rider {
  readonly card: number;
  readonly participantId: number;
  readonly rides: number;
}

function checkDay(rider: Rider, ridden: readonly Page[], givenBack: ReadonlyMap<Page, bigint>): string[] {
  const { card, participantId } = rider;
  const capFen = caps.find((cap) => cap.participantId === participantId)?.perDayFen;
  const fares = faresOf(rider);
  const largest = fares.reduce((most, fare) => (fare > most ? fare : most), 0n);
  const paid = ridden.map((page) => ({ page, paidFen: -moved(page.final?.purses ?? []) }));
  const grossFen = paid.reduce((sum, { paidFen }) => sum + paidFen, 0n);
  const netFen = paid.reduce((sum, { page, paidFen }) => sum + paidFen - (givenBack.get(page) ?? 0n), 0n);
  const fillsCap = (paidFen: bigint) =>
    capFen !== undefined && grossFen >= capFen && paidFen >= 0n && paidFen < largest && paidFen <= capFen;
  const problems = paid
    .filter(({ paidFen }) => !fares.includes(paidFen) && !fillsCap(paidFen))
    .map(
      ({ page, paidFen }) =>
        `tap ${page.sent.what.idempotencyKey}: paid ${paidFen}, its fares are ${fares.join(', ')}`,
    );
  if (capFen !== undefined && netFen > capFen)
    problems.push(
      `card ${card} at ${participantId}: ${netFen} fen of rides in a day, the cap is ${capFen} fen`,
    );
  return problems;
}

function faresOf({ card, participantId, rides }: Rider): bigint[] {
  const category = concessions.find((concession) => concession.card === card)?.category;
  const terms = concessionTerms.find(
    (one) => one.participantId === participantId && one.category === category,
  );
  const rates = terms === undefined ? ['1'] : [terms.rate];
  // Only whoever may have used up the month's rides pays the fare beyond them.
  if (terms !== undefined && rides > terms.ridesPerMonth) rates.push(terms.beyondRate);
  return tariffs
    .filter((tariff) => tariff.participantId === participantId)
    .flatMap(({ fareFen, transferRate }) => {
      const full = fen(fareFen);
      const withoutCategory = [full, timesRateDown(full, transferRate)];
      return rates.flatMap((rate) => withoutCategory.map((fare) => minFen(fare, timesRateDown(full, rate))));
    });
}

const moved = (purses: readonly { amount: number }[]): bigint =>
  purses.reduce((sum, { amount }) => sum + BigInt(amount), 0n);

const operatorOf = ({ signer }: Page['sent']) => Math.floor(signer.terminalId / 10);
