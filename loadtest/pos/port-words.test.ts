import { describe, expect, test } from 'vitest';
import { StartError } from '#platform/start-error.ts';
import { NoAnswer } from '#testing/pos/pos-line.ts';
import { KeysDoNotOpen } from '#testing/pos/terminal-keys.ts';
import type { LineNotes } from './line-notes.ts';
import { doubtOf, explained } from './port-words.ts';

const at = (notes: LineNotes) => ({
  ...{ terminalId: 1_000_012, address: { host: '127.0.0.1', port: 8583 }, mac: 'x9.19' },
  ...{ isTls: false, notes },
});
const unheard: LineNotes = { isHeard: false, isMacRefused: false, silence: null };

describe('what went wrong at a port', () => {
  test.for([
    ['keys under another master key', new KeysDoNotOpen(), unheard, ['1000012', '--master-key-file']],
    ['nobody there', new NoAnswer('not-connected'), unheard, ['127.0.0.1:8583', 'npm start']],
    [
      'a first message at which the host hung up',
      new NoAnswer('closed'),
      { ...unheard, silence: 'closed' },
      ['127.0.0.1:8583 ended the connection', '--dialect', 'will not help'],
    ],
    [
      'a first message that nobody answered',
      new NoAnswer('late'),
      { ...unheard, silence: 'late' },
      ['127.0.0.1:8583 said nothing in time', '--tls', 'will not help'],
    ],
    [
      'silence after answers',
      new NoAnswer('late'),
      { ...unheard, isHeard: true, silence: 'late' },
      ['127.0.0.1:8583 said nothing in time', 'again'],
    ],
  ] as const)('is said in one line: %s', ([, error, notes, parts]) => {
    const said = explained(error, at(notes));
    expect(said).toBeInstanceOf(StartError);
    for (const part of parts) expect((said as StartError).message).toContain(part);
    expect((said as StartError).message).not.toContain('\n');
  });

  test.for([
    ['not-connected', new Error('no', { cause: 0 }), 'TLS with 127.0.0.1:8583 did not come about (no)'],
    ['not-connected', Object.assign(new Error('no'), { code: 'ECONNREFUSED' }), 'No service answers at'],
    ['closed', undefined, '--certificate'],
  ] as const)('over TLS is told apart: %s', ([silence, cause, part]) => {
    const notes = { ...unheard, silence };
    const said = explained(new NoAnswer(silence, cause), { ...at(notes), isTls: true });
    expect((said as StartError).message).toContain(part);
  });

  test('is left as it is where it is a fault', () => {
    const fault = new Error('a fault');
    expect(explained(fault, at(unheard))).toBe(fault);
  });

  test('is suspected of the MAC where that was not taken, and of nothing where it answers', () => {
    expect(doubtOf(at({ ...unheard, isHeard: true, isMacRefused: true }))).toMatch(
      /127\.0\.0\.1:8583 answered A0.*x9\.19/,
    );
    expect(doubtOf(at({ ...unheard, isHeard: true }))).toBeNull();
  });
});
