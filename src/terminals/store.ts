import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { TerminalKind } from './rules/permission.ts';

export interface Terminal {
  readonly id: number;
  readonly participantId: number;
  readonly sector: string;
  readonly allowedKinds: readonly TerminalKind[];
  readonly batchNumber: number;
  readonly active: boolean;
  /** The terminal's key, sealed under the master key. */
  readonly keySealed: Buffer;
}

const all: Statement = {
  name: 'terminals-all',
  text: `select id, participant_id, sector, allowed_kinds, batch_number, active, key_sealed
    from terminals.terminals order by id`,
};

/** Every terminal: reference data, kept in memory by whoever asks. */
export async function readTerminals(session: Session): Promise<Map<number, Terminal>> {
  const { rows } = await session.run(all);
  const terminals = rows.map(
    ([id, participantId, sector, allowedKinds, batchNumber, active, keySealed]) =>
      ({ id, participantId, sector, allowedKinds, batchNumber, active, keySealed }) as Terminal,
  );
  return new Map(terminals.map((terminal) => [terminal.id, terminal]));
}

const insert: Statement = {
  name: 'terminals-insert',
  text: `insert into terminals.terminals (id, participant_id, sector, allowed_kinds, batch_number, active, key_sealed)
    select n.id, n.participant_id, n.sector, string_to_array(n.kinds, ' '), n.batch, n.active, decode(n.key, 'hex')
    from unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::int[], $6::bool[], $7::text[])
      n(id, participant_id, sector, kinds, batch, active, key)
    on conflict do nothing`,
};

/** Adds terminals; those that are there are left alone. */
export async function insertTerminals(session: Session, terminals: readonly Terminal[]): Promise<void> {
  await session.run(insert, [
    numberColumn(terminals, (terminal) => terminal.id),
    numberColumn(terminals, (terminal) => terminal.participantId),
    textColumn(terminals, (terminal) => terminal.sector),
    textColumn(terminals, (terminal) => terminal.allowedKinds.join(' ')),
    numberColumn(terminals, (terminal) => terminal.batchNumber),
    codeColumn(terminals, (terminal) => String(terminal.active)),
    codeColumn(terminals, (terminal) => terminal.keySealed.toString('hex')),
  ]);
}
