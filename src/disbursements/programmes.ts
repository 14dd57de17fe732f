import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { inTransaction, type Pool, type Session, type Statement, sessionOf } from '#platform/postgres.ts';
import type { SubsidyPurse } from '#sectors/subsidies/rules/terms.ts';
import { saveTerms } from '#sectors/subsidies/store.ts';
import { readTerminals } from '#terminals/store.ts';

export interface Programme {
  readonly code: string;
  /** In Chinese and in English, as the holder reads it. */
  readonly name: string;
  readonly nameEn: string;
  /** The agency that pays. */
  readonly participantId: number;
  /** The agency's own terminal, under which its payments stand in the books. */
  readonly terminalId: number;
  readonly purse: SubsidyPurse;
  readonly perLineMaxFen: bigint;
  /** For how many days a list is published before it may be proposed; 0: it may be at once. */
  readonly publicationDays: number;
  readonly active: boolean;
}

export type ProgrammeRefusal = 'terminal-not-of-agency' | 'programme-differs';

// Whom it is paid by, from where and into which purse stays: batches were approved for those.
const save: Statement = {
  name: 'disbursements-save-programme',
  text: `insert into disbursements.programmes as p
      (code, name, name_en, participant_id, terminal_id, purse, per_line_max_fen, publication_days, active)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (code) do update set name = excluded.name, name_en = excluded.name_en,
      per_line_max_fen = excluded.per_line_max_fen, publication_days = excluded.publication_days,
      active = excluded.active
    where (p.participant_id, p.terminal_id, p.purse)
      = (excluded.participant_id, excluded.terminal_id, excluded.purse)`,
};

/** Keeps a programme, new or changed, together with the terms that clearing holds its payments to. */
export async function saveProgramme(
  pool: Pool,
  programme: Programme,
  actor: Actor,
): Promise<'saved' | ProgrammeRefusal> {
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    const refusal = await keepProgramme(session, programme);
    if (refusal !== 'saved') return refusal;
    const subject = `programme ${programme.code}`;
    await recordAudit(session, [{ actor, act: 'programme-saved', subject, reason: '' }]);
    return refusal;
  });
}

/** The same in the transaction of whoever sets a town up. */
export async function keepProgramme(
  session: Session,
  programme: Programme,
): Promise<'saved' | ProgrammeRefusal> {
  const { code, participantId, terminalId, purse, perLineMaxFen, active } = programme;
  const terminal = (await readTerminals(session)).get(terminalId);
  if (terminal?.participantId !== participantId || terminal.sector !== 'subsidies')
    return 'terminal-not-of-agency';
  const { rowCount } = await session.run(save, [
    ...[code, programme.name, programme.nameEn, participantId, terminalId, purse, perLineMaxFen],
    ...[programme.publicationDays, active],
  ]);
  if (rowCount === 0) return 'programme-differs';
  await saveTerms(session, [{ participantId, programme: code, purse, perPaymentFen: perLineMaxFen, active }]);
  return 'saved';
}

const all: Statement = {
  name: 'disbursements-programmes',
  text: `select code, name, name_en, participant_id, terminal_id, purse, per_line_max_fen, publication_days, active
    from disbursements.programmes order by code`,
};

/** Every programme there is or was: some dozens. */
export async function readProgrammes(session: Session): Promise<Programme[]> {
  const { rows } = await session.run(all);
  return rows.map((row) => ({
    code: row[0] as string,
    name: row[1] as string,
    nameEn: row[2] as string,
    participantId: row[3] as number,
    terminalId: row[4] as number,
    purse: row[5] as SubsidyPurse,
    perLineMaxFen: row[6] as bigint,
    publicationDays: row[7] as number,
    active: row[8] as boolean,
  }));
}

/** What each programme is called, by its code: history lines carry the code, people read the name. */
export async function programmeNames(
  session: Session,
): Promise<Map<string, { readonly name: string; readonly nameEn: string }>> {
  const programmes = await readProgrammes(session);
  return new Map(programmes.map(({ code, name, nameEn }) => [code, { name, nameEn }]));
}
