import { describe, expect, test } from 'vitest';
import { StartError } from '#platform/start-error.ts';
import { partNames, readOptions as readBenchOptions } from './bench/options.ts';
import { readOptions as readChaosOptions } from './chaos/options.ts';
import { readOptions as readGrowthOptions } from './growth/options.ts';
import { readOptions as readLoadOptions } from './k6/options.ts';
import { readOptions as readPosOptions } from './pos/options.ts';

describe('the options of a command', () => {
  test.for([
    ['bench', ['--only', 'zzz'], 'a1, a8'],
    ['bench', ['--only', 'b512,b513'], 'b512'],
    ['bench', ['--rounds', 'x'], '--rounds is a whole number from 1 to 100, not "x".'],
    ['bench', ['--seconds', '0'], '--seconds is a number above 0 and up to 600, not "0".'],
    ['bench', ['--rounds'], '--rounds VALUE'],
    ['bench', ['extra'], '--json'],
    [
      'chaos',
      ['--nope'],
      '--short, --long, --seconds VALUE, --payments VALUE, --seed VALUE, --report VALUE, --json',
    ],
    ['chaos', ['--seed', '1.5'], '--seed is a whole number from 1 to'],
    ['pos', ['pays', '1'], 'no command "pays"'],
    ['pos', ['pay'], 'An amount is in yuan'],
    ['pos', ['pay', '0'], 'An amount is in yuan'],
    ['pos', ['pay', '12.505'], 'An amount is in yuan'],
    ['pos', ['pay', '1', '2'], '"pay 1 2" has too many words'],
    ['pos', ['pay', '1', '--card', '21'], '--card is a whole number from 1 to 20, not "21".'],
    ['pos', ['echo', '--mac', 'md5'], '--mac is one of cup-ecb, x9.19, sm4, none, not "md5".'],
    ['pos', ['echo', '--framing', 'x'], '--framing is one of unionpay-pos'],
    [
      'pos',
      ['echo', '--dialect', 'iso93'],
      'speaks iso93 and this simulator does not: its --dialect is one of',
    ],
    ['pos', ['echo', '--dialect', 'x'], '--dialect is one of unionpay-pos'],
    ['pos', ['pay', '1', '--pinn'], 'no option --pinn: did you mean --pin?'],
    ['pos', ['pay', '1', '--terminl=1000012'], 'no option --terminl: did you mean --terminal?'],
    [
      'pos',
      ['pay', '1', '--nonsense'],
      'no such option, or a value is missing or too many: npm run pos -- help',
    ],
    ['pos', ['pay', '1', '--pin=135790'], 'a value is missing or too many: npm run pos -- help'],
    ['bench', ['--second', '1'], 'did you mean --seconds?'],
    ['growth', ['--payments', '0'], '--payments is a whole number from 1 to 100000000, not "0".'],
    ['load', [], 'JOURNEY, one of rush-hour, lunch-hour'],
    ['load', ['rush-hours'], 'one of rush-hour'],
    ['load', ['rush-hour', '--share', '3'], '--share is a number above 0 and up to 2, not "3".'],
  ] as const)('of %s, %j is answered by one sentence with what is allowed', ([command, args, sentence]) => {
    const readers = {
      bench: readBenchOptions,
      chaos: readChaosOptions,
      growth: readGrowthOptions,
      load: readLoadOptions,
      pos: readPosOptions,
    };
    const read = () => readers[command](args);
    expect(read).toThrow(StartError);
    expect(read).toThrow(sentence);
    try {
      read();
    } catch (error) {
      expect((error as Error).message.split('\n')).toHaveLength(1);
    }
  });

  test.for([
    [
      ['pay', '12.5', '--card', '3', '--pin'],
      { name: 'pay', amountFen: 1_250n, presented: { card: 3, types: true } },
    ],
    [['tip', 'last', '33'], { name: 'tip', of: 'last', amountFen: 3_300n }],
    [['refund', 'last', '0.05'], { name: 'refund', of: 'last', amountFen: 5n }],
    [['complete', '0A1B2C'], { name: 'complete', of: '0A1B2C', amountFen: null }],
    [['void'], { name: 'void', of: 'last' }],
    [['script', '--terminals', '4'], { name: 'script', file: 'default', terminals: 4 }],
    [[], { name: 'help' }],
    [['-h'], { name: 'help' }],
    [['pay', '1', '--help'], { name: 'help' }],
  ] as const)('a terminal is told %j', ([args, command]) => {
    expect(readPosOptions(args).command).toMatchObject(command);
  });

  test('a terminal that is told of a certificate speaks TLS, and else plainly', () => {
    expect(readPosOptions(['echo', '--authority', 'a.pem']).where.tls).toMatchObject({ authority: 'a.pem' });
    expect(readPosOptions(['echo', '--tls']).where.tls).not.toBeNull();
    expect(readPosOptions(['echo']).where.tls).toBeNull();
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
      goals: null,
      seed: 7,
      seconds: 18,
    });
    expect(readChaosOptions(['--long', '--payments', '5000', '--seconds', '120'])).toMatchObject({
      goals: { payments: 5_000, kills: 100, paceSeconds: 3_600 },
      seconds: 120,
      reportFolder: 'loadtest/reports',
    });
  });
});
