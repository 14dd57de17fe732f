import { listUnfinished, type UnfinishedBill, unfinishedStates } from '#bills/unfinished.ts';
import { choiceOf, numberOf, textOf } from '#channels/pages/staff/rules/list-query.ts';
import { pathWith } from '#channels/pages/staff/rules/staff-paths.ts';
import { mayRead } from '#channels/pages/staff/who-may.ts';
import {
  type BatchLine,
  type FailedLine,
  listBatches,
  listFailedLines,
} from '#disbursements/lists/for-people.ts';
import { batchStates } from '#disbursements/rules/batch-life.ts';
import { causeTexts } from '#disbursements/rules/causes.ts';
import { findFailedOrders, type Order } from '#load-orders/store.ts';
import { type BatchReport, batchPageMax, readBatches } from '#terminals/batches/read-batches.ts';
import { age, badge, count, moment, money, mono, participant, text, word } from './cells.ts';
import { type CellContext, type List, listOf } from './list.ts';
import { numberSaid, participantFilter } from './place-lists.ts';

const ownId = /^[1-9]\d{0,17}$/;
const programmeFilter = textOf('programme', /^[a-z][a-z0-9-]{0,31}$/);

const failedLoads = listOf<Order>({
  path: '/staff/suspended/loads',
  filters: [],
  afterPattern: ownId,
  afterOf: ({ id }) => String(id),
  read: ({ session }, { after, limit }) => findFailedOrders(session, BigInt(after ?? 0), limit),
  columns: [
    { name: 'id', cell: (order, context) => mono(order.id, resumeLink(order, context)) },
    { name: 'account', cell: ({ cardAccountId }) => mono(cardAccountId) },
    { name: 'amount', cell: ({ amountFen }) => money(amountFen) },
    { name: 'purse', cell: ({ purse }, context) => word(context, 'purse', purse) },
    { name: 'reason', cell: ({ reason }, context) => word(context, 'reason', reason) },
    { name: 'since', cell: ({ createdAtMs }) => moment(new Date(createdAtMs)) },
    { name: 'age', cell: ({ createdAtMs }, context) => age(context, new Date(createdAtMs)) },
  ],
});

/** Who may resume a load finds the way to it. */
function resumeLink(order: Order, { visit }: CellContext): string | undefined {
  const path = `/staff/load/${order.cardAccountId}/${order.id}`;
  return mayRead(visit.member.role, '/staff/load/:account/:id') ? path : undefined;
}

const unfinishedBills = listOf<UnfinishedBill>({
  path: '/staff/suspended/bills',
  filters: [choiceOf('state', [...unfinishedStates]), numberOf('utility')],
  afterPattern: ownId,
  afterOf: ({ sequence }) => String(sequence),
  read: ({ session }, { said, after, limit }) =>
    listUnfinished(session, {
      ...{ state: said['state'] ?? null, utilityId: numberSaid(said['utility']) },
      ...{ after: after === null ? null : BigInt(after), limit },
    }),
  columns: [
    { name: 'sequence', cell: ({ sequence }) => mono(sequence) },
    { name: 'utility', cell: ({ utilityId }, context) => participant(context, utilityId) },
    { name: 'account', cell: ({ cardAccountId }) => mono(cardAccountId) },
    { name: 'amount', cell: ({ amountFen }) => money(amountFen) },
    { name: 'state', cell: ({ state }, context) => badge(context, 'bill', state) },
    { name: 'reason', cell: ({ reason }, context) => word(context, 'reason', reason) },
    {
      name: 'cancellation',
      cell: ({ cancellation }, context) => word(context, 'cancellation', cancellation),
    },
    { name: 'tries', cell: ({ drives }) => count(drives) },
    { name: 'since', cell: ({ createdAt }) => moment(createdAt) },
    { name: 'age', cell: ({ createdAt }, context) => age(context, createdAt) },
  ],
});

const batches = listOf<BatchLine>({
  path: '/staff/suspended/batches',
  filters: [choiceOf('state', [...batchStates]), programmeFilter, participantFilter],
  afterPattern: ownId,
  afterOf: ({ id }) => String(id),
  read: ({ session }, { said, after, limit }) =>
    listBatches(session, {
      ...{ state: said['state'] ?? null, programme: said['programme'] ?? null },
      ...{
        participantId: numberSaid(said['participant']),
        before: after === null ? null : BigInt(after),
        limit,
      },
    }),
  columns: [
    { name: 'id', cell: ({ id }) => mono(id) },
    { name: 'programme', cell: ({ programme }) => mono(programme) },
    { name: 'period', cell: ({ period }) => mono(period) },
    { name: 'participant', cell: ({ participantId }, context) => participant(context, participantId) },
    { name: 'state', cell: ({ state }, context) => badge(context, 'disbursement', state) },
    { name: 'lineCount', cell: ({ lineCount }) => count(lineCount) },
    { name: 'total', cell: ({ totalFen }) => money(totalFen) },
    { name: 'round', cell: ({ round }) => count(round) },
    { name: 'publishedUntil', cell: ({ publishedUntil }) => mono(publishedUntil) },
    { name: 'since', cell: ({ importedAt }) => moment(importedAt) },
    {
      name: 'failedLines',
      cell: ({ id }, { visit }) =>
        text(visit.texts.cards.open, pathWith('/staff/suspended/lines', { batchId: String(id) })),
    },
  ],
});

const failedLines = listOf<FailedLine>({
  path: '/staff/suspended/lines',
  filters: [numberOf('batchId'), programmeFilter, textOf('cause', /^[a-z][a-z-]{0,63}$/)],
  afterPattern: /^[1-9]\d{0,17}-[1-9]\d{0,8}$/,
  afterOf: ({ batchId, lineNo }) => `${batchId}-${lineNo}`,
  look: ({ said }) => ({
    act: 'failed-lines-looked-at',
    subject: `subsidy-batch ${said['batchId'] ?? 'all'}`,
  }),
  read: ({ session, parts }, { said, after, limit }) =>
    listFailedLines(session, parts.secrets, {
      batchId: said['batchId'] === undefined ? null : BigInt(said['batchId']),
      ...{ programme: said['programme'] ?? null, cause: said['cause'] ?? null },
      ...{ after: placeOf(after), limit },
    }),
  columns: [
    { name: 'batchNumber', cell: ({ batchId }) => count(batchId) },
    { name: 'lineNo', cell: ({ lineNo }) => count(lineNo) },
    { name: 'programme', cell: ({ programme }) => mono(programme) },
    { name: 'period', cell: ({ period }) => mono(period) },
    { name: 'holder', cell: ({ nameMasked }) => text(nameMasked) },
    { name: 'cardTail', cell: ({ cardTail }) => mono(cardTail) },
    { name: 'amount', cell: ({ amountFen }) => money(amountFen) },
    { name: 'reason', cell: ({ cause }, { visit }) => text(causeTexts(cause)[visit.language]) },
    { name: 'attempt', cell: ({ attempt }) => count(attempt) },
  ],
});

function placeOf(after: string | null) {
  if (after === null) return null;
  const [batchId = '0', lineNo = '0'] = after.split('-');
  return { batchId: BigInt(batchId), lineNo: Number(lineNo) };
}

const terminalBatches = listOf<BatchReport>({
  path: '/staff/suspended/terminal-batches',
  pieceMax: batchPageMax,
  filters: [
    numberOf('terminal'),
    choiceOf('state', ['open', 'unbalanced', 'closed']),
    choiceOf('answer', ['balanced', 'unbalanced']),
  ],
  afterPattern: /^\d{1,8}-[1-9]\d{0,5}$/,
  afterOf: ({ terminalId, batchNumber }) => `${terminalId}-${batchNumber}`,
  read: ({ session }, { said, after, limit }) => {
    const [terminalId, batchNumber] = (after ?? '').split('-').map(Number);
    return readBatches(session, {
      ...{
        terminalId: numberSaid(said['terminal']),
        state: said['state'] ?? null,
        answer: said['answer'] ?? null,
      },
      after: terminalId === undefined || batchNumber === undefined ? null : { terminalId, batchNumber },
      limit,
    });
  },
  columns: [
    { name: 'terminal', cell: ({ terminalId }) => mono(terminalId) },
    { name: 'batchNumber', cell: ({ batchNumber }) => count(batchNumber) },
    { name: 'openedOn', cell: ({ openedOn }) => mono(openedOn) },
    { name: 'batchState', cell: ({ state }, context) => badge(context, 'batch', state) },
    {
      name: 'answer',
      cell: ({ answer }, context) => (answer === null ? text('') : badge(context, 'answer', answer)),
    },
    { name: 'claimed', cell: ({ claimed }) => money(netOf(claimed)) },
    { name: 'own', cell: ({ own }) => money(netOf(own)) },
    { name: 'difference', cell: ({ claimed, own }) => money(differenceOf(claimed, own)) },
    { name: 'settled', cell: ({ settledAt }) => moment(settledAt) },
    {
      name: 'age',
      cell: ({ state, settledAt }, context) => age(context, state === 'unbalanced' ? settledAt : null),
    },
  ],
});

type Totals = BatchReport['own'];

function netOf(totals: Totals): bigint | null {
  return totals === null ? null : totals.debitFen - totals.creditFen;
}

function differenceOf(claimed: Totals, own: Totals): bigint | null {
  const [theirs, ours] = [netOf(claimed), netOf(own)];
  return theirs === null || ours === null ? null : theirs - ours;
}

/** What stopped on its way, a list for each kind. */
export const suspendedLists: readonly List[] = [
  failedLoads,
  unfinishedBills,
  batches,
  failedLines,
  terminalBatches,
];
