import { caps, concessions, concessionTerms, tariffs } from '#demo/hainan.ts';
import { fen, minFen } from '#money/fen.ts';
import { timesRateDown } from '#money/rate.ts';
import { movedFen, nameOfPage, type Page } from './page.ts';

/** The rides of a card with an operator, as far as their fares are to be judged. */
interface Ridden {
  readonly card: number;
  readonly participantId: number;
  /** How often each fare was paid, in fen, and the name of one ride that paid it. */
  readonly paid: Map<number, { times: number; readonly example: string }>;
  givenBackFen: number;
}

/** All rides of a run, kept by card, operator and what was paid: as large as the town, however long the run. */
export interface Rides {
  add(pages: readonly Page[]): void;
  /** How many cost nothing: by a concession, or since the operator's cap was reached. */
  free(): number;
  /** Rides that no tariff explains. */
  problems(): string[];
}

export function openRides(): Rides {
  const all = new Map<string, Ridden>();
  const riddenOf = ({ sent }: Page): Ridden => {
    const participantId = Math.floor(sent.signer.terminalId / 10);
    const name = `${sent.card} ${participantId}`;
    const known = all.get(name) ?? { card: sent.card, participantId, paid: new Map(), givenBackFen: 0 };
    all.set(name, known);
    return known;
  };
  return {
    add: (pages) => {
      const approved = pages.filter(({ final }) => final?.refusal === null);
      for (const page of approved.filter(({ sent }) => sent.kind === 'tap')) noteFare(riddenOf(page), page);
      for (const page of approved.filter(isRideBack)) riddenOf(page).givenBackFen += movedFen(page);
    },
    free: () => [...all.values()].reduce((sum, { paid }) => sum + (paid.get(0)?.times ?? 0), 0),
    problems: () => {
      const rides = new Map<number, number>();
      for (const ridden of all.values())
        rides.set(ridden.card, (rides.get(ridden.card) ?? 0) + ridesOf(ridden));
      return [...all.values()].flatMap((ridden) => checkDay(ridden, rides.get(ridden.card) ?? 0));
    },
  };
}

const isRideBack = ({ sent }: Page): boolean =>
  sent.kind === 'reversal' && sent.original?.sent.kind === 'tap';

function noteFare({ paid }: Ridden, page: Page): void {
  const fare = -movedFen(page);
  const before = paid.get(fare);
  if (before === undefined) paid.set(fare, { times: 1, example: nameOfPage(page) });
  else before.times += 1;
}

const ridesOf = ({ paid }: Ridden): number => [...paid.values()].reduce((sum, { times }) => sum + times, 0);

/**
 * What rides may cost by the demonstration's tariffs: the cheapest of fare, transfer and the card's concession; less
 * only where it fills the operator's cap, and never more than that a day. All rides of a run are of one day.
 */
function checkDay(ridden: Ridden, ridesOfCard: number): string[] {
  const { card, participantId, paid, givenBackFen } = ridden;
  const capFen = caps.find((cap) => cap.participantId === participantId)?.perDayFen;
  const fares = faresOf(ridden, ridesOfCard);
  const largest = fares.reduce((most, fare) => (fare > most ? fare : most), 0n);
  const grossFen = [...paid].reduce((sum, [fare, { times }]) => sum + BigInt(fare * times), 0n);
  const netFen = grossFen - BigInt(givenBackFen);
  const fillsCap = (paidFen: bigint) =>
    capFen !== undefined && grossFen >= capFen && paidFen >= 0n && paidFen < largest && paidFen <= capFen;
  const problems = [...paid]
    .filter(([fare]) => !fares.includes(fen(BigInt(fare))) && !fillsCap(BigInt(fare)))
    .map(
      ([fare, { times, example }]) =>
        `${example} and ${times - 1} more: paid ${fare}, its fares are ${fares.join(', ')}`,
    );
  if (capFen !== undefined && netFen > capFen)
    problems.push(
      `card ${card} at ${participantId}: ${netFen} fen of rides in a day, the cap is ${capFen} fen`,
    );
  return problems;
}

function faresOf({ card, participantId }: Ridden, rides: number): bigint[] {
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
