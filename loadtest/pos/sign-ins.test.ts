import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StartError } from '#platform/start-error.ts';
import { readOptions } from './options.ts';
import { readSignIns, terminalOf } from './sign-ins.ts';

let folder = '';
const file = (name: string) => join(folder, name);
const where = (...words: string[]) => readOptions(['echo', ...words]).where;
const masterKey = '0123456789abcdeffedcba9876543210';
const holder = { cardNumber: '9460000000000000', paymentPin: '135790' };
const shop = { participant: '小吃', participantEn: 'Snacks', sector: 'shops', masterKey };
const signIns = { holders: [holder], terminals: [{ ...shop, terminalId: 1_000_012 }] };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pos-sign-ins-'));
  writeFileSync(file('demo.json'), JSON.stringify(signIns));
  writeFileSync(file('key.hex'), `${masterKey}\n`);
  writeFileSync(file('card'), '6217001234567890123\n');
  writeFileSync(file('own-card'), holder.cardNumber);
  writeFileSync(file('cards'), '6217001234567890123\n6228480402564890\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the terminal that a command is of', () => {
  test('is one of the demonstration, and the first of its shops where none is named', () => {
    const own = { terminalId: 1_000_012, participantId: 100_001, merchant: '小吃 Snacks', masterKey };
    expect(terminalOf(signIns, where())).toEqual(own);
    expect(terminalOf(signIns, where('--terminal', '1000012'))).toEqual(own);
  });

  test('may be any other, where its merchant and its master key are named', () => {
    const named = ['--terminal', '1000099', '--master-key-file', file('key.hex')];
    expect(terminalOf(signIns, where(...named, '--merchant', '100009'))).toMatchObject({
      ...{ terminalId: 1_000_099, participantId: 100_009, masterKey },
    });
    expect(() => terminalOf(signIns, where(...named))).toThrow('--merchant');
    expect(() => terminalOf(signIns, where('--terminal', '1000099', '--merchant', '100009'))).toThrow(
      '--master-key-file',
    );
  });

  test('needs no demonstration where it is named', () => {
    expect(() => readSignIns(file('none.json'), where())).toThrow(StartError);
    const none = readSignIns(file('none.json'), where('--merchant', '100009'));
    expect(() => terminalOf(none, where('--merchant', '100009'))).toThrow('--terminal');
  });
});

describe('the card of a file', () => {
  const holdersOf = (name: string) =>
    readSignIns(file('demo.json'), where('--card-file', file(name))).holders;

  test('takes the place of the demonstration’s cards, and has a PIN only where it is one of them', () => {
    expect(holdersOf('card')).toEqual([{ cardNumber: '6217001234567890123' }]);
    expect(holdersOf('own-card')).toEqual([holder]);
  });

  test('is one number, and nothing of the file is said where it is not', () => {
    expect(() => holdersOf('cards')).toThrow(StartError);
    expect(() => holdersOf('cards')).not.toThrow('6217');
    expect(() => holdersOf('absent')).toThrow('cannot be read');
  });
});
