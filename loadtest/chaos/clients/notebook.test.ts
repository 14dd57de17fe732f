import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openNotebook } from './notebook.ts';
import { requestMaker } from './requests.ts';
import type { Final, Kind } from './told/page.ts';

const at = { terminalId: 1_000_011, participant: '', participantEn: '', sector: 'shops' };
const signer = { ...at, key: '', merchantNumber: '', masterKey: '' };
const approved: Final = {
  ...{ transactionId: '1000000-1', refusal: null, businessDate: '2026-11-26', amount: 1, purses: [] },
};

test('payments and rides that were approved count towards the goal, once each, and nothing else does', () => {
  const folder = mkdtempSync(join(tmpdir(), 'one-card-notebook-'));
  const notebook = openNotebook(join(folder, 'told.txt'));
  const make = requestMaker('2026-11-26');
  const told = (kind: Kind, final: Final) => {
    const page = notebook.open(make.fresh(kind, signer, { card: 0, amountFen: 1 }));
    notebook.acknowledge(page, final);
    notebook.acknowledge(page, final);
  };
  for (const kind of ['payment', 'tap', 'load', 'authorise'] as const) told(kind, approved);
  told('payment', { ...approved, refusal: 'card-lost' });
  notebook.tally.answers.close();
  rmSync(folder, { recursive: true });
  expect([notebook.sent(), notebook.approved(), notebook.payments(), notebook.declined()]).toEqual([
    5, 4, 2, 1,
  ]);
});
