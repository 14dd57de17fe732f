/** What an entry is. The codes stand in the journal: never changed, never used again. */
export const kindCodes = {
  payment: 1,
  load: 2,
  authorise: 3,
  capture: 4,
  void: 5,
  refund: 6,
  reversal: 7,
  compensation: 8,
} as const;
