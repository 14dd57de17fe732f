/** How much a run makes of the town, and how often each thing happens there. Percentages are whole numbers. */
export interface Scale {
  readonly cards: number;
  /** Many clients meet on the first few cards, which are also loaded more often. */
  readonly hotPercent: number;
  readonly hotLoadPercent: number;
  readonly paymentMaxFen: number;
  readonly loadMaxFen: number;
  /** Of all stories; the others are shared out by `mix`. */
  readonly batchPercent: number;
  readonly batchLinesMax: number;
  /** Of a hundred stories that are no batch. */
  readonly mix: Readonly<Record<'buy' | 'ride' | 'load' | 'hold' | 'reverseEarly', number>>;
  readonly refundPercent: number;
  /** Of rides: with the operator whose cap makes the rest of a card's day free. */
  readonly cappedRidePercent: number;
  /** What is meant to be declined: cards that cannot pay and places where none may, and payments over a limit. */
  readonly badPercent: number;
  readonly overLimitPercent: number;
}

/** Whatever can be declined often is: in a minute and a half each reason is to come up. */
export const usualScale: Scale = {
  ...{ cards: 150, hotPercent: 50, hotLoadPercent: 50, paymentMaxFen: 2_500, loadMaxFen: 6_000 },
  ...{ batchPercent: 5, batchLinesMax: 8 },
  mix: { buy: 40, ride: 18, load: 12, hold: 18, reverseEarly: 12 },
  ...{ refundPercent: 25, cappedRidePercent: 50, badPercent: 2, overLimitPercent: 3 },
};

/**
 * A card may spend 3,000 yuan a day in shops (a senior's 1,000), and opens with 550: the money of a million payments
 * goes over many cards in small sums, and what goes out is loaded again, so that no purse runs dry.
 */
export const longScale: Scale = {
  ...{ cards: 990, hotPercent: 4, hotLoadPercent: 12, paymentMaxFen: 50, loadMaxFen: 1_600 },
  ...{ batchPercent: 12, batchLinesMax: 40 },
  mix: { buy: 60, ride: 24, load: 10, hold: 4, reverseEarly: 2 },
  ...{ refundPercent: 5, cappedRidePercent: 5, badPercent: 1, overLimitPercent: 1 },
};
