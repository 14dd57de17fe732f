import { afterAll, beforeAll, expect, test } from 'vitest';
import { listDayEntries } from '#ledger/look/day-entries.ts';
import { openFirstDay } from '#ledger/open-accounts.ts';
import { firstIdAt } from '#platform/ids.ts';
import { openOwnerPool, openPool, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { readOwnPage } from './store.ts';

const businessDate = '2026-11-23';
const dayStartMs = Date.parse(`${businessDate}T00:00:00+08:00`);
const nowMs = dayStartMs + 3 * 86_400_000;
const entries = 30_000;
const everyMs = 2_000;
let database: TestDatabase;
let owner: Pool;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = openOwnerPool(database.url);
  await openFirstDay(sessionOf(owner), businessDate);
  // One participant has every third entry of a day of seventeen hours; each comes two seconds after the one before.
  await owner.query(
    `insert into ledger.entries (owner_id, id, business_date, participant_id, terminal_id, bucket, kind, sector)
      select 1000000 + n % 5000, ${firstIdAt(dayStartMs)} + n::bigint * ${firstIdAt(everyMs) - firstIdAt(0)},
        '${businessDate}', case when n % 3 = 0 then 1 else 100 + n % 50 end, 1, n % 16, 1, 1
      from generate_series(0, ${entries - 1}) n`,
  );
  await owner.query('analyze ledger.entries');
  pool = openPool(database.url, 1);
});
afterAll(async () => {
  await pool?.end();
  await owner?.end();
  await database?.drop();
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** A session that counts the entries its statements took out of the day. */
function counting() {
  const plain = sessionOf(pool);
  const seen = { rows: 0, looks: 0 };
  const session: Session = {
    run: async (statement, values) => {
      if (/ledger\.entries/.test(statement.text)) {
        const text = `explain (analyze, format json) ${statement.text}`;
        const [[plans]] = (await plain.run({ name: '', text }, values)).rows as [[[{ Plan: Plan }]]];
        for (const node of nodesOf(plans[0].Plan))
          if (node['Relation Name']?.startsWith('entries_'))
            seen.rows += node['Actual Rows'] * node['Actual Loops'];
        seen.looks += 1;
      }
      return plain.run(statement, values);
    },
  };
  return { seen, session };
}

const cursors = [0n, firstIdAt(dayStartMs + 8 * 3_600_000), firstIdAt(dayStartMs + 16 * 3_600_000)];

test('a page of a participant with a very large day takes out of it what a window holds, wherever the page is', async () => {
  for (const after of cursors) {
    const { seen, session } = counting();
    const page = await readOwnPage(session, { participantId: 1, businessDate, after, limit: 100, nowMs });
    expect(page).toHaveLength(100);
    expect(seen.looks).toBe(1);
    expect(seen.rows).toBeLessThan(200);
  }
});

test('so does the staff list of what makes its total', async () => {
  const asked = { participantId: 1, businessDate, billedBy: [], kind: null, limit: 100, nowMs };
  for (const after of cursors) {
    const { seen, session } = counting();
    expect(await listDayEntries(session, { ...asked, after })).toHaveLength(100);
    expect(seen.rows).toBeLessThan(200);
  }
});

test('page after page holds every entry once and in order, for one with a third of the day and for one with little', async () => {
  const session = sessionOf(pool);
  for (const [participantId, limit] of [
    [1, 1_000],
    [107, 7],
  ] as const) {
    const { rows } = await owner.query<{ id: string }>(
      'select id::text from ledger.entries where participant_id = $1 order by ledger.entries.id',
      [participantId],
    );
    const read: string[] = [];
    for (let after = 0n; ; ) {
      const page = await readOwnPage(session, { participantId, businessDate, after, limit, nowMs });
      read.push(...page.map(({ id }) => String(id)));
      if (page.length < limit) break;
      after = page.at(-1)?.id ?? 0n;
    }
    expect(read).toEqual(rows.map(({ id }) => id));
  }
});
