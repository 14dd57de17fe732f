import { describe, expect, test } from 'vitest';
import { netsCsv } from './nets-csv.ts';

const net = {
  participantId: 7,
  name: '海汽',
  nameEn: 'Haiqi Bus',
  creditFen: 1250n,
  debitFen: 1255n,
  creditCount: 3,
  debitCount: 1,
  netFen: -5n,
};

describe('the file of nets', () => {
  test('begins with a byte order mark and a header in two languages; every line has as many cells', () => {
    const file = netsCsv('2026-11-22', [net, { ...net, name: '甲,乙' }]);
    expect(file.startsWith('\uFEFF营业日 business_date,机构编号 participant_id,')).toBe(true);
    const lines = file.split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]?.split(',')).toHaveLength(10);
    expect(lines[2]).toContain(',"甲,乙",');
    expect(lines[3]).toBe('');
  });

  test.each([
    [-5n, '-5,-0.05'],
    [0n, '0,0.00'],
    [100n, '100,1.00'],
    [-123_456_789n, '-123456789,-1234567.89'],
  ])('says a net of %s fen in whole fen and in yuan', (netFen, cells) => {
    expect(
      netsCsv('2026-11-22', [{ ...net, netFen }])
        .trimEnd()
        .endsWith(`,${cells}`),
    ).toBe(true);
  });

  test('says counts and amounts of both sides', () => {
    const [, line] = netsCsv('2026-11-22', [net]).split('\r\n');
    expect(line).toBe('2026-11-22,7,海汽,Haiqi Bus,3,1250,1,1255,-5,-0.05');
  });

  test('disarms a name that a spreadsheet would run', () => {
    expect(netsCsv('2026-11-22', [{ ...net, name: '=HYPERLINK("x")' }])).toContain(`"'=HYPERLINK(""x"")"`);
  });
});
