import {
  cancellationBody,
  preSettlement,
  preSettlementBody,
  reversalBody,
  settlementBody,
} from './medical-schemas.ts';

/** The routes of hospitals as the interface's document has them; all are signed. */
export const medicalRoutes = [
  {
    path: '/v1/medical/pre-settlements',
    summary: 'Whether a settlement could be paid now (2206); moves nothing',
    body: preSettlementBody,
    answer: preSettlement,
    keyed: false,
  },
  {
    path: '/v1/medical/settlements',
    summary: 'Settle: fund, mutual aid, personal account and own money each pay their part (2207)',
    body: settlementBody,
  },
  {
    path: '/v1/medical/settlements/cancellations',
    summary: 'Cancel a settlement that is there, as a whole (2208)',
    body: cancellationBody,
  },
  {
    path: '/v1/medical/reversals',
    summary: 'Reverse a settlement by its message id, also before it comes (2601)',
    body: reversalBody,
  },
] as const;
