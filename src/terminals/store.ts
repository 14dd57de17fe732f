import { hainanTodaySql } from '#platform/calendar.ts';
import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { TerminalKind } from './rules/permission.ts';

export interface Terminal {
  readonly id: number;
  readonly participantId: number;
  readonly sector: string;
  readonly allowedKinds: readonly TerminalKind[];
  readonly batchNumber: number;
  /** The local day in Hainan on which that batch was opened. */
  readonly batchOpenedOn: string;
  readonly active: boolean;
  /** The terminal's key, sealed under the master key. */
  readonly keySealed: Buffer;
}

const all: Statement = {
  name: 'terminals-all',
  text: `select t.id, t.participant_id, t.sector, t.allowed_kinds, t.batch_number, b.opened_on, t.active, t.key_sealed
    from terminals.terminals t
    join terminals.batches b on b.terminal_id = t.id and b.batch_number = t.batch_number
    order by t.id`,
};

/** Every terminal: reference data, kept in memory by whoever asks. */
export async function readTerminals(session: Session): Promise<Map<number, Terminal>> {
  const { rows } = await session.run(all);
  const terminals = rows.map(
    ([id, participantId, sector, allowedKinds, batchNumber, batchOpenedOn, active, keySealed]) =>
      ({
        id,
        participantId,
        sector,
        allowedKinds,
        batchNumber,
        batchOpenedOn,
        active,
        keySealed,
      }) as Terminal,
  );
  return new Map(terminals.map((terminal) => [terminal.id, terminal]));
}

// A terminal comes with its first batch, or not at all.
const insert: Statement = {
  name: 'terminals-insert',
  text: `with n as (
      select * from unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::int[], $6::date[], $7::bool[], $8::text[])
        n(id, participant_id, sector, kinds, batch, opened_on, active, key)),
    added as (
      insert into terminals.terminals (id, participant_id, sector, allowed_kinds, batch_number, active, key_sealed)
      select id, participant_id, sector, string_to_array(kinds, ' '), batch, active, decode(key, 'hex') from n
      on conflict do nothing returning id, batch_number)
    insert into terminals.batches (terminal_id, batch_number, opened_on, state)
    select a.id, a.batch_number, coalesce(n.opened_on, ${hainanTodaySql}), 'open'
    from added a join n on n.id = a.id`,
};

/** A terminal that is added; its first batch is opened today, unless it says another day. */
export type NewTerminal = Omit<Terminal, 'batchOpenedOn'> & Partial<Pick<Terminal, 'batchOpenedOn'>>;

/** Adds terminals, each with its first batch; those that are there are left alone. */
export async function insertTerminals(session: Session, terminals: readonly NewTerminal[]): Promise<void> {
  await session.run(insert, [
    numberColumn(terminals, (terminal) => terminal.id),
    numberColumn(terminals, (terminal) => terminal.participantId),
    textColumn(terminals, (terminal) => terminal.sector),
    textColumn(terminals, (terminal) => terminal.allowedKinds.join(' ')),
    numberColumn(terminals, (terminal) => terminal.batchNumber),
    codeColumn(terminals, (terminal) => terminal.batchOpenedOn ?? null),
    codeColumn(terminals, (terminal) => String(terminal.active)),
    codeColumn(terminals, (terminal) => terminal.keySealed.toString('hex')),
  ]);
}
