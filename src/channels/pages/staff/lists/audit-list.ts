import { type AuditRow, readAudit } from '#audit/store.ts';
import { choiceOf, dayOf, textOf } from '#channels/pages/staff/rules/list-query.ts';
import { pathWith } from '#channels/pages/staff/rules/staff-paths.ts';
import { addDays } from '#platform/calendar.ts';
import { moment, mono, text, word } from './cells.ts';
import { listOf } from './list.ts';

/** Midnight in Hainan. */
const beginOf = (day: string) => new Date(`${day}T00:00:00+08:00`);

export const auditList = listOf<AuditRow>({
  path: '/staff/audit',
  filters: [
    dayOf('since'),
    dayOf('until'),
    choiceOf('actor', ['staff', 'holder', 'participant', 'terminal', 'system']),
    { word: 'actor-id', kind: 'number', pattern: /^\d{1,18}$/ },
    textOf('act', /^[a-z-]{1,64}$/),
    textOf('subject', /^[a-z-]{1,40} [0-9A-Za-z/.:-]{1,80}$/),
  ],
  afterPattern: /^[1-9]\d{0,17}$/,
  afterOf: ({ sequence }) => String(sequence),
  read: ({ session }, { said, after, limit }) => {
    const { since, until, act = null, subject = null, actor = null } = said;
    const id = said['actor-id'];
    return readAudit(session, {
      ...{ act, subject, actorKind: actor, actorId: id === undefined ? null : BigInt(id) },
      from: since === undefined ? null : beginOf(since),
      // The last day is in it as a whole.
      until: until === undefined ? null : beginOf(addDays(until, 1)),
      ...{ before: after === null ? null : BigInt(after), limit },
    });
  },
  columns: [
    { name: 'sequence', cell: ({ sequence }) => mono(sequence) },
    { name: 'at', cell: ({ at }) => moment(at) },
    { name: 'actor', cell: ({ actor }, context) => word(context, 'actor', actor.kind) },
    {
      name: 'by',
      cell: ({ actor }) =>
        mono(actor.id, pathWith('/staff/audit', { actor: actor.kind, 'actor-id': String(actor.id) })),
    },
    { name: 'act', cell: ({ act }) => mono(act, pathWith('/staff/audit', { act })) },
    { name: 'subject', cell: ({ subject }) => mono(subject, pathWith('/staff/audit', { subject })) },
    { name: 'reason', cell: ({ reason }) => text(reason) },
  ],
});
