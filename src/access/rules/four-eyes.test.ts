import { describe, expect, test } from 'vitest';
import {
  contentHash,
  mayPropose,
  type Proposal,
  type ProposalKind,
  proposalKinds,
  refuseDecision,
} from './four-eyes.ts';

const what = { kind: 'subsidy-batch', subject: 'batch 1', content: '2 payments, 30000 fen' } as const;
const open: Proposal = { ...what, id: 1n, contentHash: contentHash(what), madeBy: 2n, decision: null };
const finance = { role: 'finance', subjectId: 3n } as const;

describe('a proposal', () => {
  test('is decided by another person, of a role that checks', () => {
    expect(refuseDecision(open, finance, what.content)).toBeNull();
  });

  test.each([
    ['that is not there', null, finance, what.content, 'proposal-unknown'],
    ['of one’s own, in whatever role', open, { ...finance, subjectId: 2n }, what.content, 'own-proposal'],
    ['by another operator', open, { role: 'operator', subjectId: 4n }, what.content, 'not-yours'],
    ['by the administrator', open, { role: 'administrator', subjectId: 1n }, what.content, 'not-yours'],
    ['that is decided', { ...open, decision: 'rejected' }, finance, what.content, 'proposal-decided'],
    ['whose content is another now', open, finance, '3 payments, 30000 fen', 'content-changed'],
  ] as const)('%s is refused', (...row) => {
    const [, proposal, checker, content, refusal] = row;
    expect(refuseDecision(proposal, checker, content)).toBe(refusal);
  });

  test('has a digest that tells kind, subject and content apart', () => {
    const others = [
      { ...what, subject: 'batch 2' },
      { ...what, content: `${what.content} ` },
      { ...what, subject: 'batch', content: `1\n${what.content}` },
    ];
    for (const other of others) expect(contentHash(other)).not.toEqual(contentHash(what));
  });

  test('of no kind can be made and decided by one role', () => {
    for (const kind of Object.keys(proposalKinds) as ProposalKind[]) {
      const { makers, checkers } = proposalKinds[kind];
      expect(checkers.filter((role) => (makers as readonly string[]).includes(role))).toEqual([]);
      expect(mayPropose(kind, { role: makers[0], subjectId: 2n })).toBe(true);
      expect(mayPropose(kind, { role: checkers[0], subjectId: 2n })).toBe(false);
    }
  });
});
