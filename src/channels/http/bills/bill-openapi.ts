import { z } from '@hono/zod-openapi';
import {
  billInquiryBody,
  billPaymentAnswer,
  billPaymentBody,
  billQueryBody,
  billsAnswer,
  dayFileAnswer,
  utilityAnswer,
  utilityBody,
} from './bill-schemas.ts';

/** What terminals post about bills: the lines of the signed routes. */
export const signedBillRoutes = [
  {
    path: '/v1/bill-queries',
    summary: 'What a customer of a utility owes now',
    body: billQueryBody,
    answer: billsAnswer,
    keyed: false,
  },
  {
    path: '/v1/bill-payments',
    summary: 'Pay a bill once: taken from the card, written off at the utility, or given back',
    body: billPaymentBody,
    answer: billPaymentAnswer,
  },
  {
    path: '/v1/bill-payments/inquiries',
    summary: "What became of the bill payment that the terminal's trace names",
    body: billInquiryBody,
    answer: billPaymentAnswer,
    keyed: false,
  },
];

/** What staff and the utility itself read. */
export const dayFileRoute = {
  path: '/v1/utilities/{id}/day-files/{date}',
  summary: "A closed day's file for a utility: for finance, auditors, and the utility's own key",
  answer: dayFileAnswer,
  params: z.object({ id: z.string(), date: z.string().openapi({ example: '2026-11-22' }) }),
};

/** What administrators keep. */
export const utilityRoute = {
  path: '/v1/utilities',
  summary: 'Add a utility, or change one: for administrators',
  body: utilityBody,
  answer: utilityAnswer,
};
