import { describe, expect, test } from 'vitest';
import { isOutsideTransaction, statementsOf } from './statements.ts';

const plain = (sql: string) => statementsOf(sql).map((statement) => statement.plain);

describe('the statements of a migration', () => {
  test('end at a semicolon or a breakpoint, and empty ones are none', () => {
    expect(plain('select 1; select 2;--> statement-breakpoint\nSELECT  3;\n\n')).toEqual([
      'select 1',
      'select 2',
      'select 3',
    ]);
  });

  test('a semicolon in a text, a name, a comment or a body ends nothing', () => {
    const body = 'create function f() returns int language sql as $$ select 1; select 2; $$';
    expect(plain(`select ';', ";" -- a; b\n/* c; d */; ${body}; do $x$ begin; $$ end; $x$`)).toEqual([
      `select ';', ";"`,
      body,
      'do $x$ begin; $$ end; $x$',
    ]);
  });

  test('minus, division and a lone dollar are no comments', () => {
    expect(plain('select 1 - 2 / 3 - $1; select 4')).toEqual(['select 1 - 2 / 3 - $1', 'select 4']);
  });

  test('keep the reason that lets one of them through, and no other', () => {
    const found = statementsOf(
      '-- allowed: nobody reads it yet\ndrop table a.b; drop table a.c; -- allowed:\ndrop table d',
    );
    expect(found.map(({ allowed }) => allowed)).toEqual(['nobody reads it yet', undefined, undefined]);
  });
});

describe('a file that is run outside a transaction', () => {
  test('says so in its first line, and nowhere else', () => {
    expect(isOutsideTransaction('-- run outside a transaction\nselect 1')).toBe(true);
    expect(isOutsideTransaction('-- Why.\n-- run outside a transaction\nselect 1')).toBe(false);
    expect(isOutsideTransaction('-- run outside a transaction, or not\nselect 1')).toBe(false);
  });
});
