import { caps, concessions, concessionTerms, tariffs } from '#demo/hainan.ts';
import { fen } from '#money/fen.ts';
import { timesRateDown } from '#money/rate.ts';
import type { Page } from './notebook.ts';

/**
 * What rides may cost by the demonstration's tariffs: a fare or its transfer, as the card's concession has it; less
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
  for (const ridden of Map.groupBy(taps, ({ sent }) => `${sent.card} ${operatorOf(sent)}`).values())
    problems.push(...checkDay(ridden, givenBack));
  return problems;
}

function checkDay(ridden: readonly Page[], givenBack: ReadonlyMap<Page, bigint>): string[] {
  const [first] = ridden;
  if (first === undefined) return [];
  const { card } = first.sent;
  const participantId = operatorOf(first.sent);
  const capFen = caps.find((cap) => cap.participantId === participantId)?.perDayFen;
  const fares = faresOf(card, participantId);
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

function faresOf(card: number, participantId: number): bigint[] {
  const category = concessions.find((concession) => concession.card === card)?.category;
  const rate = concessionTerms.find(
    (terms) => terms.participantId === participantId && terms.category === category,
  )?.rate;
  return tariffs
    .filter((tariff) => tariff.participantId === participantId)
    .flatMap(({ fareFen, transferRate }) => [fen(fareFen), timesRateDown(fen(fareFen), transferRate)])
    .map((fare) => (rate === undefined ? fare : timesRateDown(fare, rate)));
}

const moved = (purses: readonly { amount: number }[]): bigint =>
  purses.reduce((sum, { amount }) => sum + BigInt(amount), 0n);

const operatorOf = ({ signer }: Page['sent']) => Math.floor(signer.terminalId / 10);
