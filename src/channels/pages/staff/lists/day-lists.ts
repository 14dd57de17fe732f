import { choiceOf, dayOf } from '#channels/pages/staff/rules/list-query.ts';
import { pathWith } from '#channels/pages/staff/rules/staff-paths.ts';
import { deskParticipantId } from '#clearing/compensate.ts';
import { kindCodes, kindOfCode } from '#clearing/request.ts';
import { type BusinessDay, findBusinessDay, readBusinessDays } from '#ledger/business-days.ts';
import { readArchivedBefore } from '#ledger/look/archived-before.ts';
import { type DayEntry, listDayEntries } from '#ledger/look/day-entries.ts';
import { idTimeMs } from '#platform/ids.ts';
import { sectorOfCode } from '#sectors/all.ts';
import { readInstitutions } from '#sectors/medical/store.ts';
import { type NetReport, readNets } from '#settlement/day-report.ts';
import { badge, count, moment, money, mono, participant, text, word } from './cells.ts';
import { listOf, type Source } from './list.ts';
import { numberSaid, participantFilter, sectorFilter } from './place-lists.ts';

const dayPattern = /^\d{4}-\d\d-\d\d$/;
const openDay = async ({ session }: Source): Promise<Readonly<Record<string, string>>> => {
  const day = await findBusinessDay(session, 'current');
  return day === null ? {} : { day: day.businessDate };
};

const stateOf = ({ closedAt }: BusinessDay) => (closedAt === null ? 'open' : 'closed');

export const daysList = listOf<BusinessDay>({
  path: '/staff/days',
  filters: [choiceOf('state', ['open', 'closed']), dayOf('since'), dayOf('until')],
  afterPattern: dayPattern,
  afterOf: ({ businessDate }) => businessDate,
  // One row a day: years of them are few.
  read: async ({ session }, { said, after, limit }) => {
    const days = (await readBusinessDays(session)).toReversed();
    const { state, since = '', until = '9999-12-31' } = said;
    return days
      .filter((day) => state === undefined || stateOf(day) === state)
      .filter(({ businessDate }) => businessDate >= since && businessDate <= until)
      .filter(({ businessDate }) => after === null || businessDate < after)
      .slice(0, limit);
  },
  columns: [
    {
      name: 'date',
      cell: ({ businessDate }) => mono(businessDate, `/staff/day/${businessDate}`),
    },
    { name: 'state', cell: (day, context) => badge(context, 'day', stateOf(day)) },
    { name: 'opened', cell: ({ openedAt }) => moment(openedAt) },
    { name: 'closed', cell: ({ closedAt }) => moment(closedAt) },
    {
      name: 'nets',
      cell: ({ businessDate }, { visit }) =>
        text(visit.texts.cards.open, pathWith('/staff/nets', { day: businessDate })),
    },
  ],
});

type NetRow = NetReport['nets'][number] & { readonly sector: string; readonly businessDate: string };

export const netsList = listOf<NetRow>({
  path: '/staff/nets',
  filters: [{ ...dayOf('day'), needed: true }, sectorFilter, participantFilter],
  usually: openDay,
  afterPattern: /^[1-9]\d{0,8}$/,
  afterOf: ({ participantId }) => String(participantId),
  read: async ({ parts }, { said, after, limit }) => {
    const { day = '', sector } = said;
    const report = await readNets(parts.reports, day);
    if (report === null) return null;
    const only = numberSaid(said['participant']);
    const { participants } = parts.clearing.reference.current();
    return report.nets
      .filter(({ participantId }) => participantId > Number(after ?? 0))
      .filter(({ participantId }) => only === null || participantId === only)
      .map((net) => ({
        ...net,
        sector: participants.get(net.participantId)?.sector ?? '',
        businessDate: report.businessDate,
      }))
      .filter((net) => sector === undefined || net.sector === sector)
      .slice(0, limit);
  },
  columns: [
    { name: 'date', cell: ({ businessDate }) => mono(businessDate) },
    { name: 'participant', cell: ({ participantId }, context) => participant(context, participantId) },
    { name: 'sector', cell: ({ sector }, context) => word(context, 'sector', sector) },
    { name: 'creditCount', cell: (net) => count(net.creditCount, itemsOf(net)) },
    { name: 'credit', cell: (net) => money(net.creditFen, itemsOf(net)) },
    { name: 'debitCount', cell: (net) => count(net.debitCount, itemsOf(net)) },
    { name: 'debit', cell: (net) => money(net.debitFen, itemsOf(net)) },
    { name: 'net', cell: (net) => money(net.netFen, itemsOf(net)) },
  ],
});

function itemsOf({ businessDate, participantId }: NetRow): string {
  return pathWith('/staff/items', { day: businessDate, participant: String(participantId) });
}

const kinds = Object.keys(kindCodes) as (keyof typeof kindCodes)[];

export const itemsList = listOf<DayEntry>({
  path: '/staff/items',
  filters: [
    { ...dayOf('day'), needed: true },
    { ...participantFilter, needed: true },
    choiceOf('kind', kinds),
  ],
  usually: openDay,
  afterPattern: /^[1-9]\d{0,18}$/,
  afterOf: ({ id }) => String(id),
  look: ({ said }) => ({ act: 'day-items-looked-at', subject: `participant ${said['participant']}` }),
  read: async ({ parts, session }, { said, after, limit }) => {
    const { day = '' } = said;
    const participantId = numberSaid(said['participant']) ?? 0;
    if ((await findBusinessDay(session, day)) === null) return null;
    const kind = kinds.find((one) => one === said['kind']);
    return listDayEntries(session, {
      ...{ businessDate: day, participantId, limit },
      billedBy: await billedBy({ parts, session }, participantId),
      kind: kind === undefined ? null : kindCodes[kind],
      after: after === null ? null : BigInt(after),
      nowMs: parts.nowMs(),
    });
  },
  note: async ({ session }, { visit }, { said }) => {
    const { day = '' } = said;
    const before = await readArchivedBefore(session);
    return before !== null && day < before ? visit.texts.list.archived(day) : null;
  },
  columns: [
    { name: 'entry', cell: ({ id }) => mono(id) },
    { name: 'at', cell: ({ id }) => moment(new Date(idTimeMs(id))) },
    { name: 'kind', cell: ({ kind }, context) => word(context, 'kind', kindOfCode(kind)) },
    { name: 'sector', cell: ({ sector }, context) => word(context, 'sector', sectorOfCode(sector).name) },
    { name: 'terminal', cell: ({ terminalId }) => mono(terminalId) },
    { name: 'account', cell: ({ cardAccountId }) => mono(cardAccountId) },
    { name: 'original', cell: ({ originalId }) => mono(originalId) },
    { name: 'credit', cell: ({ creditFen }) => money(creditFen) },
    { name: 'debit', cell: ({ debitFen }) => money(debitFen) },
  ],
});

/** Whose entries post to it too: those whose bills a fund pays a part of, and our desk, which gives back wrong charges. */
async function billedBy({ session }: Source, participantId: number): Promise<number[]> {
  const institutions = await readInstitutions(session);
  const billers = institutions.filter(
    ({ pooledFundId, mutualAidId }) => pooledFundId === participantId || mutualAidId === participantId,
  );
  return [...new Set([deskParticipantId, ...billers.map((institution) => institution.participantId)])];
}
