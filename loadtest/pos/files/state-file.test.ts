import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StartError } from '#platform/start-error.ts';
import { openStateFile } from './state-file.ts';

const who = { terminalId: 1_000_012, participantId: 100_001 };
/** Larger than any process id. */
const nobody = 2 ** 30;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pos-state-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what a terminal knows', () => {
  test('is there for the next command, and for nobody else to read', () => {
    const first = openStateFile(folder, who);
    first.state.batchNumber = 7;
    first.save();
    first.close();
    const second = openStateFile(folder, who);
    expect(second.state).toEqual(first.state);
    expect(statSync(join(folder, '1000012.json')).mode & 0o777).toBe(0o600);
    second.close();
  });

  test('is one command’s at a time, and that of the next when one was killed', () => {
    const held = openStateFile(folder, who);
    expect(() => openStateFile(folder, who)).toThrow(StartError);
    held.close();
    writeFileSync(join(folder, '1000012.json.lock'), String(nobody));
    openStateFile(folder, who).close();
  });

  test('that cannot be read is not written over', () => {
    writeFileSync(join(folder, '1000012.json'), '{');
    expect(() => openStateFile(folder, who)).toThrow('delete it');
    expect(() => openStateFile(folder, who)).toThrow('delete it');
  });
});
