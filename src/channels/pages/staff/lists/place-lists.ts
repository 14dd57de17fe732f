import { readHotListSeen } from '#cards/hot-list.ts';
import { choiceOf, numberOf, textOf } from '#channels/pages/staff/rules/list-query.ts';
import { pathWith } from '#channels/pages/staff/rules/staff-paths.ts';
import { listParticipants } from '#participants/list-participants.ts';
import type { Participant } from '#participants/store.ts';
import { listTerminals, type TerminalLine } from '#terminals/list-terminals.ts';
import { badge, count, moment, mono, participant, text, word, words, yesNo } from './cells.ts';
import { listOf } from './list.ts';

export const sectorFilter = choiceOf('sector', [
  ...['shops', 'transit', 'top-up', 'utilities', 'medical', 'medical-fund', 'subsidies'],
]);
const activeFilter = choiceOf('active', ['yes', 'no']);
export const participantFilter = numberOf('participant');
const ownNumber = /^[1-9]\d{0,8}$/;

const isSaid = (value: string | undefined): boolean | null => (value === undefined ? null : value === 'yes');
/** A number of ours; one that is larger than any is a number that nobody has. */
export function numberSaid(value: string | undefined): number | null {
  return value === undefined ? null : Math.min(Number(value), 2_147_483_647);
}

export const participantsList = listOf<Participant>({
  path: '/staff/participants',
  filters: [sectorFilter, activeFilter, textOf('name', /^[^\p{C}]{1,40}$/u)],
  afterPattern: ownNumber,
  afterOf: ({ id }) => String(id),
  read: ({ session }, { said, after, limit }) =>
    listParticipants(session, {
      ...{ sector: said['sector'] ?? null, active: isSaid(said['active']), name: said['name'] ?? null },
      ...{ after: after === null ? null : Number(after), limit },
    }),
  columns: [
    { name: 'id', cell: ({ id }) => mono(id) },
    { name: 'name', cell: ({ name }) => text(name) },
    { name: 'nameEn', cell: ({ nameEn }) => text(nameEn) },
    { name: 'sector', cell: ({ sector }, context) => word(context, 'sector', sector) },
    { name: 'mcc', cell: ({ mcc }) => mono(mcc ?? '') },
    { name: 'active', cell: ({ active }, context) => badge(context, 'active', yesNo(active)) },
    {
      name: 'terminal',
      cell: ({ id }, { visit }) =>
        text(visit.texts.cards.open, pathWith('/staff/terminals', { participant: String(id) })),
    },
  ],
});

interface TerminalRow extends TerminalLine {
  readonly lastSeen: Date | null;
  readonly hotListVersion: bigint | null;
}

export const terminalsList = listOf<TerminalRow>({
  path: '/staff/terminals',
  filters: [
    participantFilter,
    sectorFilter,
    activeFilter,
    choiceOf('batch', ['open', 'unbalanced', 'closed']),
  ],
  afterPattern: ownNumber,
  afterOf: ({ id }) => String(id),
  read: async ({ session }, { said, after, limit }) => {
    const lines = await listTerminals(session, {
      ...{ participantId: numberSaid(said['participant']), sector: said['sector'] ?? null },
      ...{ active: isSaid(said['active']), batchState: said['batch'] ?? null },
      ...{ after: after === null ? null : Number(after), limit },
    });
    const seen = await readHotListSeen(
      session,
      lines.map(({ id }) => id),
    );
    return lines.map((line) => {
      const hot = seen.get(line.id);
      return {
        ...line,
        lastSeen: latest(line.signedOnAt, line.settledAt, hot?.at),
        hotListVersion: hot?.version ?? null,
      };
    });
  },
  columns: [
    { name: 'id', cell: ({ id }) => mono(id) },
    {
      name: 'participant',
      cell: ({ participantId }, context) => participant(context, participantId),
    },
    { name: 'sector', cell: ({ sector }, context) => word(context, 'sector', sector) },
    { name: 'kinds', cell: ({ allowedKinds }, context) => words(context, 'kind', allowedKinds) },
    { name: 'active', cell: ({ active }, context) => badge(context, 'active', yesNo(active)) },
    { name: 'batchNumber', cell: ({ batchNumber }) => count(batchNumber) },
    { name: 'openedOn', cell: ({ batchOpenedOn }) => mono(batchOpenedOn) },
    { name: 'batchState', cell: ({ batchState }, context) => badge(context, 'batch', batchState) },
    { name: 'lastSeen', cell: ({ lastSeen }) => moment(lastSeen) },
    { name: 'hotList', cell: ({ hotListVersion }) => count(hotListVersion) },
  ],
});

function latest(...times: readonly (Date | null | undefined)[]): Date | null {
  const known = times.flatMap((at) => (at ? [at.getTime()] : []));
  return known.length === 0 ? null : new Date(Math.max(...known));
}
