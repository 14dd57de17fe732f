import { proposalKinds } from '#access/rules/four-eyes.ts';
import type { Statement } from '#platform/postgres.ts';

const rolesOf = (side: 'makers' | 'checkers') =>
  Object.entries(proposalKinds).flatMap(([kind, roles]) =>
    roles[side].map((role) => `('${kind}', '${role}')`),
  );

const fourEyes: Statement = {
  name: 'access-prove-four-eyes',
  text: `select 'access.proposals', format('id %s', p.id),
      'made and decided by two people of staff, each of a role that may',
      format('%s: made by %s (%s), decided by %s (%s)', p.kind, p.made_by, coalesce(m.role, 'nobody'),
        coalesce(p.decided_by::text, 'nobody'), coalesce(d.role, 'nobody'))
    from access.proposals p
    left join access.staff m on m.id = p.made_by
    left join access.staff d on d.id = p.decided_by
    where m.id is null or (p.kind, m.role) not in (${rolesOf('makers').join(', ')})
      or p.decision is not null and (p.decided_by is null or d.id is null or p.decided_by = p.made_by
        or (p.kind, d.role) not in (${rolesOf('checkers').join(', ')}))
    order by p.id limit 1`,
};

// An event of a decision is in the chained trail, so a decision that was put in afterwards has none, and one that was
// taken away or turned round has another.
const trail: Statement = {
  name: 'access-prove-decisions-in-trail',
  text: `select 'access.proposals', format('id %s', p.id), coalesce(format('%s by %s', e.act, e.actor_id), 'undecided'),
      coalesce(format('proposal-%s by %s', p.decision, p.decided_by), 'undecided')
    from access.proposals p
    left join audit.events e on e.subject = format('proposal %s', p.id)
      and e.act in ('proposal-approved', 'proposal-rejected') and e.actor_kind = 'staff'
    where (e.act, e.actor_id) is distinct from ('proposal-' || p.decision, p.decided_by)
    order by p.id limit 1`,
};

/** What took two people: each gives the first row that is wrong as table, key, expected, found. */
export const accessProofs: readonly Statement[] = [fourEyes, trail];
