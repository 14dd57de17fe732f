import { describe, expect, test } from 'vitest';
import { StartError } from '#platform/start-error.ts';
import { partNames, readOptions as readBenchOptions } from './bench/options.ts';
import { readOptions as readChaosOptions } from './chaos/options.ts';

describe('the options of a command', () => {
  test.for([
    ['bench', ['--only', 'zzz'], 'a1, a8'],
    ['bench', ['--only', 'b512,b513'], 'b512'],
    ['bench', ['--rounds', 'x'], '--rounds is a whole number from 1 to 100, not "x".'],
    ['bench', ['--seconds', '0'], '--seconds is a number above 0 and up to 600, not "0".'],
    ['bench', ['--rounds'], '--rounds VALUE'],
    ['bench', ['extra'], '--json'],
    ['chaos', ['--nope'], '--short, --seconds VALUE, --payments VALUE, --seed VALUE, --json'],
    ['chaos', ['--seed', '1.5'], '--seed is a whole number from 1 to'],
  ] as const)('of %s, %j is answered by one sentence with what is allowed', ([command, args, sentence]) => {
    const read = () => (command === 'bench' ? readBenchOptions(args) : readChaosOptions(args));
    expect(read).toThrow(StartError);
    expect(read).toThrow(sentence);
    try {
      read();
    } catch (error) {
      expect((error as Error).message.split('\n')).toHaveLength(1);
    }
  });

  test('what is allowed is taken: families, single parts, parts of a second', () => {
    const { wants, seconds, rounds } = readBenchOptions([
      '--only',
      'b,a8,echo',
      '--seconds',
      '0.5',
      '--rounds',
      '2',
    ]);
    expect([partNames.filter(wants), seconds, rounds]).toEqual([
      ['a8', 'b1', 'b8', 'b32', 'b128', 'b512', 'echo'],
      0.5,
      2,
    ]);
    expect(readChaosOptions(['--short', '--seed', '7'])).toMatchObject({
      isShort: true,
      seed: 7,
      seconds: 18,
    });
  });
});
