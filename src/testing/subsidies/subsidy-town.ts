import { decideProposal, propose } from '#access/four-eyes.ts';
import type { Bearer } from '#access/store.ts';
import { findPayees } from '#cards/people/find-payees.ts';
import { isIdNumber } from '#cards/rules/id-number.ts';
import { actorOf } from '#channels/http/bearer.ts';
import { decideBatch, proposeBatch, startRun } from '#disbursements/approve-batch.ts';
import { importBatch } from '#disbursements/import-batch.ts';
import type { DisbursementParts } from '#disbursements/ports.ts';
import { keepProgramme, type Programme } from '#disbursements/programmes.ts';
import { publishBatch } from '#disbursements/publish-batch.ts';
import { fileHeader } from '#disbursements/rules/file-text.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import { hainanDay } from '#platform/calendar.ts';
import { openPool, type Session, sessionOf } from '#platform/postgres.ts';
import { openSecrets, type Secrets } from '#platform/secrets.ts';
import { insertTerminals } from '#terminals/store.ts';
import { insertTestStaff, testStaff } from '#testing/staff.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { buildTown, type TownSize } from '#testing/town.ts';
import { settlePeople, testIdNumber, testName } from './people.ts';

export const agency = { id: 900_006, terminal: 90_000_006 } as const;
export const programme: Programme = {
  code: 'elder-2026',
  name: '高龄津贴',
  nameEn: 'Old-age allowance',
  participantId: agency.id,
  terminalId: agency.terminal,
  purse: 'elder-care',
  perLineMaxFen: 100_000n,
  publicationDays: 0,
  active: true,
};
export const operator: Bearer = { role: 'operator', subjectId: testStaff.operator };
/** The operator as the audit trail names it. */
export const operatorActor = actorOf(operator);
export const finance: Bearer = { role: 'finance', subjectId: testStaff.finance };
const nowMs = Date.UTC(2026, 10, 22, 4);

/** A town with an agency, a programme, and people behind its cards. */
export interface SubsidyTown extends TestTown {
  readonly parts: DisbursementParts;
  readonly session: Session;
  readonly ownerSession: Session;
}

const testSecrets = (): Secrets => openSecrets({ masterKeyHex: 'c0c0'.repeat(16), dataDir: '/' });

/** Adds the agency, its terminal, its programme, the staff and the people to a town that is built. */
export async function addAgency(owner: Session, people: number, sealed = Buffer.alloc(1)): Promise<void> {
  await enrolParticipants(owner, [
    { id: agency.id, name: '民政', nameEn: 'Civil Affairs', sector: 'subsidies', active: true },
  ]);
  await insertTerminals(owner, [
    {
      ...{ id: agency.terminal, participantId: agency.id, sector: 'subsidies', allowedKinds: ['load'] },
      ...{ batchNumber: 1, active: true, keySealed: sealed },
    },
  ]);
  const kept = await keepProgramme(owner, programme);
  if (kept !== 'saved') throw new Error(`the programme was not kept: ${kept}`);
  await insertTestStaff(owner);
  await settlePeople(owner, testSecrets(), people);
}

export function disbursementParts(pool: DisbursementParts['pool']): DisbursementParts {
  const secrets = testSecrets();
  return {
    pool,
    secrets,
    fourEyes: { propose, decideProposal },
    checkIdNumber: (text) => isIdNumber(text, hainanDay(nowMs)),
    findPayees: (session, digests) => findPayees(session, secrets, digests),
    nowMs: () => nowMs,
  };
}

export async function openSubsidyTown(size: TownSize): Promise<SubsidyTown> {
  const town = await openTestTown(async (owner) => {
    await buildTown(owner, size);
    await addAgency(owner, size.cards);
  });
  const pool = openPool(town.url, 6);
  return {
    ...town,
    pool,
    parts: disbursementParts(pool),
    session: sessionOf(pool),
    ownerSession: sessionOf(town.owner),
    close: async () => {
      await pool.end();
      await town.close();
    },
  };
}

/** A line of a file: the holder of card n is paid so much. */
export const lineOf = (lineNo: number, n: number, amount: number | string = 9_000) =>
  `${lineNo},${testIdNumber(n)},${testName(n)},${amount}`;

export const fileOf = (lines: readonly string[]) => Buffer.from([fileHeader, ...lines, ''].join('\n'));

/** A file that pays the holders of `count` cards from card `first` on, each the same. */
export const goodFile = (count: number, { first = 0, amount = 9_000 } = {}) =>
  fileOf(Array.from({ length: count }, (_, i) => lineOf(i + 1, first + i, amount)));

/** Imports a file for a period. */
export async function imported(parts: DisbursementParts, period: string, bytes: Buffer): Promise<bigint> {
  const file = { programme: programme.code, period, bytes };
  const batch = await importBatch(parts, file, operatorActor);
  if (typeof batch === 'string') throw new Error(`the file was refused: ${batch}`);
  return batch.id;
}

/** Takes a batch through publication, proposal, approval and start. */
export async function approvedToRun(parts: DisbursementParts, batchId: bigint): Promise<void> {
  await publishBatch(parts, batchId, operatorActor);
  await approveAgain(parts, batchId);
}

/** Proposal, approval and start of what is published or corrected. */
export async function approveAgain(parts: DisbursementParts, batchId: bigint): Promise<void> {
  const proposed = await proposeBatch(parts, batchId, operator);
  if (typeof proposed === 'string') throw new Error(`not proposed: ${proposed}`);
  const decision = { batchId, decision: 'approved', reason: '', checker: finance } as const;
  const decided = await decideBatch(parts, decision);
  if (decided !== 'approved') throw new Error(`not approved: ${decided}`);
  const started = await startRun(parts, batchId, operatorActor);
  if (started !== 'running') throw new Error(`not started: ${started}`);
}
