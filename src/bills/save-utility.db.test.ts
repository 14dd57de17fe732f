import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAudit } from '#audit/store.ts';
import { type BillTown, openBillTown } from '#testing/bill-town.ts';
import { merchantTerminal, town } from '#testing/town.ts';
import { saveUtility, type UtilityChange } from './save-utility.ts';
import { readUtilities } from './utilities/store.ts';

let at: BillTown;
beforeAll(async () => {
  at = await openBillTown();
});
afterAll(() => at?.close());

const administrator = { kind: 'staff', id: 7n } as const;
const change: UtilityChange = {
  participantId: town.utilityId,
  terminalId: town.utilityTerminal,
  baseUrl: 'https://utility.example/bills',
  queryTimeoutMs: 1_000,
  writeOffTimeoutMs: 2_000,
  active: true,
  key: null,
  reason: 'a new address',
};
const save = (over: Partial<UtilityChange> = {}) => {
  const seal = (key: Buffer) => Buffer.concat([Buffer.from('sealed '), key]);
  const parts = { pool: at.house.pool, reference: at.parts.clearing.reference, seal };
  return saveUtility(parts, administrator, { ...change, ...over });
};
const kept = async () => (await readUtilities(at.parts.session, [town.utilityId])).get(town.utilityId);
const trail = () =>
  readAudit(at.parts.session, { before: null, subject: `utility ${town.utilityId}`, act: null, limit: 10 });

test('an administrator gives a utility another address; its key stays, and the trail says who did it', async () => {
  const before = await kept();
  expect(await save()).toBe('saved');
  const { key, reason, ...terms } = change;
  expect(await kept()).toEqual({ ...terms, keySealed: before?.keySealed });
  expect(await trail()).toMatchObject([{ actor: administrator, act: 'utility-saved', reason }]);
});

test('a new key is kept sealed, and stands in no trail', async () => {
  expect(await save({ key: Buffer.from('made-up'), reason: 'a new key' })).toBe('saved');
  expect((await kept())?.keySealed.toString()).toBe('sealed made-up');
  expect(JSON.stringify((await trail()).map(({ reason, act }) => [reason, act]))).not.toContain('made-up');
});

test.for([
  ['utility-unknown', { participantId: 1 }],
  ['utility-unknown', { participantId: 77 }],
  ['utility-terminal-unfit', { terminalId: merchantTerminal(1) }],
  ['utility-terminal-unfit', { terminalId: 5 }],
] as const)('it is %s otherwise, and nothing is kept', async ([refusal, over]) => {
  const before = [await kept(), (await trail()).length];
  expect(await save(over)).toBe(refusal);
  expect([await kept(), (await trail()).length]).toEqual(before);
});

test('a utility that is switched off takes no payments', async () => {
  await save({ active: false });
  expect((await kept())?.active).toBe(false);
});
