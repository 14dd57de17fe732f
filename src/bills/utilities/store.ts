import type { UtilityTerms } from '#bills/utility.ts';
import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';

const findUtilityText: Statement = {
  name: 'bills-utility',
  text: `select participant_id, terminal_id, base_url, key_sealed, query_timeout_ms, write_off_timeout_ms, active
    from bills.utilities where participant_id = any($1::int[])`,
};

/** The utilities of these participants, by number; who is none is not in it. */
export async function readUtilities(
  session: Session,
  participantIds: readonly number[],
): Promise<Map<number, UtilityTerms>> {
  const { rows } = await session.run(findUtilityText, [numberColumn(participantIds, (id) => id)]);
  const utilities = rows.map(
    ([participantId, terminalId, baseUrl, keySealed, queryTimeoutMs, writeOffTimeoutMs, active]) =>
      ({
        participantId,
        terminalId,
        baseUrl,
        keySealed,
        queryTimeoutMs,
        writeOffTimeoutMs,
        active,
      }) as UtilityTerms,
  );
  return new Map(utilities.map((utility) => [utility.participantId, utility]));
}

const putUtilitiesText: Statement = {
  name: 'bills-put-utilities',
  text: `insert into bills.utilities (participant_id, terminal_id, base_url, key_sealed, query_timeout_ms,
      write_off_timeout_ms, active)
    select n.participant_id, n.terminal_id, n.base_url, decode(n.key, 'hex'), n.query, n.write_off, n.active
    from unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::int[], $6::int[], $7::bool[])
      n(participant_id, terminal_id, base_url, key, query, write_off, active)
    on conflict (participant_id) do update set terminal_id = excluded.terminal_id, base_url = excluded.base_url,
      key_sealed = excluded.key_sealed, query_timeout_ms = excluded.query_timeout_ms,
      write_off_timeout_ms = excluded.write_off_timeout_ms, active = excluded.active`,
};

/** Adds utilities, or changes those that are there. The database refuses an address that is not http or https. */
export async function putUtilities(session: Session, utilities: readonly UtilityTerms[]): Promise<void> {
  await session.run(putUtilitiesText, [
    numberColumn(utilities, (utility) => utility.participantId),
    numberColumn(utilities, (utility) => utility.terminalId),
    textColumn(utilities, (utility) => utility.baseUrl),
    codeColumn(utilities, (utility) => utility.keySealed.toString('hex')),
    numberColumn(utilities, (utility) => utility.queryTimeoutMs),
    numberColumn(utilities, (utility) => utility.writeOffTimeoutMs),
    codeColumn(utilities, (utility) => String(utility.active)),
  ]);
}

const namesText: Statement = {
  name: 'bills-utility-names',
  text: 'select id, name, name_en from participants.participants where id = any($1::int[])',
};

/** What these utilities are called, by number. */
export async function readNamesOfUtilities(
  session: Session,
  utilityIds: readonly number[],
): Promise<Map<number, { readonly name: string; readonly nameEn: string }>> {
  const { rows } = await session.run(namesText, [numberColumn(utilityIds, (id) => id)]);
  return new Map(rows.map((row) => [row[0] as number, { name: row[1] as string, nameEn: row[2] as string }]));
}
