import { describe, expect, test } from 'vitest';
import { openLog, withRequestIds } from './log.ts';
import { runAsRequest } from './requests/current-request.ts';

function logInto(lines: string[]) {
  return openLog('info', { write: (line) => void lines.push(line) });
}

describe('the log', () => {
  test('writes one JSON line with message and fields masked', () => {
    const lines: string[] = [];
    logInto(lines).info('card 6223164991230014 was refused', { card: '6223 1649 9123 0014', lane: 3 });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 30,
      msg: 'card [masked] was refused',
      fields: { card: '[masked]', lane: 3 },
    });
  });

  test('a line that cannot be masked says only that', () => {
    const lines: string[] = [];
    const trap = {
      get card(): string {
        throw new Error('6223164991230014');
      },
    };
    logInto(lines).error('card 6223164991230014', trap);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'unprintable' });
    expect(lines[0]).not.toContain('6223');
  });

  test('a level below the one set writes nothing and masks nothing', () => {
    const lines: string[] = [];
    logInto(lines).debug('quiet');
    expect(lines).toEqual([]);
  });

  test('of requests says in each line for which it is, and for nobody’s work nothing', () => {
    const lines: string[] = [];
    const log = withRequestIds(logInto(lines));
    const requestId = '3f2a9c1e-5b7d-4c8e-9a1f-0b2d4e6f8a1c';
    runAsRequest(requestId, () => {
      log.warn('one');
      log.error('two', { lane: 3 });
    });
    log.info('three', { lane: 4 });
    expect(lines.map((line) => JSON.parse(line).fields)).toEqual([
      { requestId },
      { requestId, lane: 3 },
      { lane: 4 },
    ]);
  });

  test('takes out what is under the name of a request and is none', () => {
    const lines: string[] = [];
    logInto(lines).info('one', { requestId: '6223164991230014' });
    expect(JSON.parse(lines[0] ?? '').fields).toEqual({ requestId: '[masked]' });
  });
});
