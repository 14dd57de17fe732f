import { describe, expect, test } from 'vitest';
import { refuseTerminal, type TerminalTerms, terminalKinds } from './permission.ts';

const terms: TerminalTerms = {
  active: true,
  sector: 'shops',
  allowedKinds: ['payment', 'refund'],
  batchNumber: 3,
};
const asked = { kind: 'payment', sector: 'shops', batchNumber: 3 } as const;

describe('what a terminal may do', () => {
  test.for(terminalKinds)('%s: only when it is in its list', (kind) => {
    const refusal = refuseTerminal(terms, { ...asked, kind });
    expect(refusal).toBe(terms.allowedKinds.includes(kind) ? null : 'kind-not-allowed');
  });

  test('it works for the sector it stands in, and for no other', () => {
    expect(refuseTerminal(terms, { ...asked, sector: 'transit' })).toBe('kind-not-allowed');
  });

  test.for([2, 4, 0])('batch %i is not the open batch 3', (batchNumber) => {
    expect(refuseTerminal(terms, { ...asked, batchNumber })).toBe('batch-mismatch');
  });

  test('one that is switched off may do nothing, and hears nothing else', () => {
    const off = { ...terms, active: false };
    expect(refuseTerminal(off, asked)).toBe('terminal-not-active');
    expect(refuseTerminal(off, { kind: 'load', sector: 'transit', batchNumber: 9 })).toBe(
      'terminal-not-active',
    );
  });
});
