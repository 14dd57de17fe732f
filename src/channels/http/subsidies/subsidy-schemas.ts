import { z } from '@hono/zod-openapi';
import { lineStates } from '#disbursements/read-lines.ts';
import { batchStates } from '#disbursements/rules/batch-life.ts';
import { amountFenMax } from '#money/fen.ts';
import { subsidyPurses } from '#sectors/subsidies/rules/terms.ts';
import { periodPattern, programmePattern } from '#sectors/subsidies/subsidies.ts';

const text = (max: number) => z.string().trim().min(1).max(max);
const programmeFields = {
  code: z.string().regex(programmePattern).openapi({ example: 'elder-2026' }),
  name: text(40).openapi({ description: 'As holders read it, in Chinese', example: '高龄津贴' }),
  nameEn: text(80).openapi({ example: 'Old-age allowance' }),
  participantId: z.int().min(1).max(999_999).openapi({ description: 'The agency that pays' }),
  terminalId: z.int().min(1).max(99_999_999).openapi({ description: "The agency's own terminal" }),
  purse: z.enum(subsidyPurses),
  perLineMax: z.int().min(1).max(Number(amountFenMax)).openapi({ description: 'Fen a line' }),
  publicationDays: z.int().min(0).max(90).openapi({ description: 'Days that a list is published; 0: none' }),
  active: z.boolean(),
};
export const programmeBody = z
  .strictObject({
    ...programmeFields,
    publicationDays: programmeFields.publicationDays.default(7),
    active: z.boolean().default(true),
  })
  .openapi('SubsidyProgrammeRequest');
export const programme = z.object(programmeFields).openapi('SubsidyProgramme');
export const programmes = z.object({ programmes: z.array(programme) }).openapi('SubsidyProgrammes');

export const period = z.string().regex(periodPattern);

const reason = z.string().trim().min(1).max(200);
export const decisionBody = z
  .strictObject({ decision: z.enum(['approved', 'rejected']), reason })
  .openapi('SubsidyDecision');
export const withdrawalBody = z.strictObject({ reason }).openapi('SubsidyWithdrawal');

const tally = z.object({ count: z.int(), amount: z.int() });
export const batch = z
  .object({
    batchId: z.string(),
    programme: z.string(),
    period: z.string().openapi({ example: '2026-11' }),
    participantId: z.int(),
    purse: z.string(),
    state: z.enum(batchStates),
    round: z.int().openapi({ description: 'Rises with each correction' }),
    lineCount: z.int(),
    total: z.int().openapi({ description: 'Fen; paid, failed and left come to it' }),
    paid: tally,
    failed: tally,
    left: tally,
    publishedFrom: z.string().nullable(),
    publishedUntil: z.string().nullable(),
    proposalId: z.string().nullable(),
  })
  .openapi('SubsidyBatch');
export const batches = z
  .object({
    batches: z.array(batch.omit({ paid: true, failed: true, left: true })),
    nextBefore: z.string().nullable(),
  })
  .openapi('SubsidyBatches');
export const lines = z
  .object({
    lines: z.array(
      z.object({
        line: z.int(),
        state: z.enum(lineStates),
        cause: z.string().nullable(),
        causeZh: z.string().nullable(),
        causeEn: z.string().nullable(),
        amount: z.int().nullable(),
        name: z.string().nullable().openapi({ description: 'Masked', example: '王*' }),
        cardTail: z.string().nullable(),
        paidOn: z.string().nullable(),
      }),
    ),
    nextAfter: z.int().nullable().openapi({ description: 'Give it as `after` for the next page' }),
  })
  .openapi('SubsidyLines');
export const payments = z
  .object({
    payments: z.array(
      z.object({
        programme: z.string(),
        programmeName: z.string(),
        programmeNameEn: z.string(),
        period: z.string(),
        purse: z.string(),
        state: z.enum(lineStates),
        causeZh: z.string().nullable(),
        causeEn: z.string().nullable(),
        amount: z.int(),
        paidOn: z.string().nullable(),
        transactionId: z.string().nullable(),
      }),
    ),
    nextBefore: z.string().nullable(),
  })
  .openapi('SubsidyPayments');
