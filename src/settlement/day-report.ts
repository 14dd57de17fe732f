import { type BusinessDay, findBusinessDay, readDayTotals } from '#ledger/business-days.ts';
import { type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import {
  type KindTotal,
  kindTotalsOf,
  movementFen,
  type Net,
  netFen,
  netsOf,
  purseMovementFen,
} from './rules/nets.ts';
import { inSnapshot } from './snapshot.ts';
import { type ParticipantNames, readKeptNets, readNames, readSeal } from './store.ts';

/** A business day and what it moved on each kind of account. */
export interface DayReport {
  readonly businessDate: string;
  readonly state: 'open' | 'closed';
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  /** Null for an open day, and for moments after a cut-off. */
  readonly sealHex: string | null;
  readonly totals: readonly KindTotal[];
  /** Credits less debits over all accounts: zero. */
  readonly sumFen: bigint;
}

/** A participant's net with its names. */
interface NamedNet extends Net, ParticipantNames {
  /** What we owe the participant; negative is what it owes us. */
  readonly netFen: bigint;
}

/** What each participant is owed for a day, with the proof that it comes from the purses. */
export interface NetReport {
  readonly businessDate: string;
  readonly state: 'open' | 'closed';
  readonly nets: readonly NamedNet[];
  /** All nets together. */
  readonly netFen: bigint;
  /** What the day moved on all purses together. */
  readonly purseFen: bigint;
  /** The two together: zero. */
  readonly sumFen: bigint;
}

/** A day's state and totals, of one moment; null where the books have no such day. */
export function readDay(pool: Pool, businessDate: string | 'current'): Promise<DayReport | null> {
  return inSnapshot(pool, async (client) => {
    const session = sessionOf(client);
    const day = await findBusinessDay(session, businessDate);
    if (day === null) return null;
    const totals = await readDayTotals(session, day.businessDate);
    const seal = await readSeal(session, day.businessDate);
    return {
      businessDate: day.businessDate,
      state: stateOf(day),
      openedAt: day.openedAt,
      closedAt: day.closedAt,
      sealHex: seal === null ? null : seal.toString('hex'),
      totals: kindTotalsOf(totals),
      sumFen: movementFen(totals),
    };
  });
}

/** A day's nets: as sealed for a closed day, as they stand now for the open one. */
export function readNets(pool: Pool, businessDate: string | 'current'): Promise<NetReport | null> {
  return inSnapshot(pool, async (client) => {
    const session = sessionOf(client);
    const day = await findBusinessDay(session, businessDate);
    if (day === null) return null;
    const totals = await readDayTotals(session, day.businessDate);
    const isSealed = (await readSeal(session, day.businessDate)) !== null;
    const nets = isSealed ? await readKeptNets(session, day.businessDate) : netsOf(totals);
    const [allNetsFen, purseFen] = [movementFen(nets), purseMovementFen(totals)];
    return {
      businessDate: day.businessDate,
      state: stateOf(day),
      nets: await named(session, nets),
      netFen: allNetsFen,
      purseFen,
      sumFen: allNetsFen + purseFen,
    };
  });
}

function stateOf(day: BusinessDay): 'open' | 'closed' {
  return day.closedAt === null ? 'open' : 'closed';
}

async function named(session: Session, nets: readonly Net[]): Promise<NamedNet[]> {
  const names = await readNames(
    session,
    nets.map((net) => net.participantId),
  );
  return nets.map((net) => ({
    ...net,
    netFen: netFen(net),
    name: names.get(net.participantId)?.name ?? '',
    nameEn: names.get(net.participantId)?.nameEn ?? '',
  }));
}
