import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Bearer, Role } from '#access/store.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { fenToJson } from '#money/fen.ts';
import { dayNumber } from '#platform/calendar.ts';
import { closeDay } from '#settlement/close-day.ts';
import { readDay, readNets } from '#settlement/day-report.ts';
import { netsCsv } from '#settlement/rules/nets-csv.ts';
import { actorOf, admitRole } from './bearer.ts';
import { type HttpContext, type HttpEnv, type HttpParts, headerOf } from './parts.ts';

/** The business day: what is in it and what each participant is owed, for finance and auditors; finance closes it. */
export function addDayRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  const reads: Admits = { roles: ['finance', 'auditor'] };
  app.get('/v1/business-days/:date', (c) => forStaff(c, parts, { ...reads, handler: showDay }));
  app.get('/v1/business-days/:date/nets', (c) => forStaff(c, parts, { ...reads, handler: showNets }));
  app.post('/v1/business-days/:date/close', (c) =>
    forStaff(c, parts, { roles: ['finance'], handler: close }),
  );
}

interface Asked {
  readonly date: string;
  readonly bearer: Bearer;
}

type Handler = (c: HttpContext, parts: HttpParts, asked: Asked) => Promise<Response>;

interface Admits {
  readonly roles: readonly Role[];
}

async function forStaff(
  c: HttpContext,
  parts: HttpParts,
  { roles, handler }: Admits & { readonly handler: Handler },
): Promise<Response> {
  const bearer = await admitRole(c, parts, roles);
  if ('code' in bearer) return problemResponse(bearer);
  const date = c.req.param('date') ?? '';
  if (date !== 'current' && Number.isNaN(dayNumber(date))) return problemResponse(problemOf('day-unknown'));
  return handler(c, parts, { date, bearer });
}

const showDay: Handler = async (c, parts, { date }) => {
  const day = await readDay(parts.reports, date);
  if (day === null) return problemResponse(problemOf('day-unknown'));
  return c.json({
    businessDate: day.businessDate,
    state: day.state,
    openedAt: day.openedAt,
    closedAt: day.closedAt,
    seal: day.sealHex,
    currency: 'CNY',
    accounts: day.totals.map((total) => ({
      account: total.kind,
      debit: fenToJson(total.debitFen),
      credit: fenToJson(total.creditFen),
      debitCount: total.debitCount,
      creditCount: total.creditCount,
    })),
    sum: fenToJson(day.sumFen),
  });
};

const showNets: Handler = async (c, parts, { date }) => {
  const report = await readNets(parts.reports, date);
  if (report === null) return problemResponse(problemOf('day-unknown'));
  const wantsCsv = c.req.query('format') === 'csv' || headerOf(c, 'accept').startsWith('text/csv');
  if (wantsCsv) {
    return new Response(netsCsv(report.businessDate, report.nets), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="nets-${report.businessDate}.csv"`,
      },
    });
  }
  return c.json({
    businessDate: report.businessDate,
    state: report.state,
    currency: 'CNY',
    participants: report.nets.map((net) => ({
      participantId: net.participantId,
      name: net.name,
      nameEn: net.nameEn,
      debit: fenToJson(net.debitFen),
      credit: fenToJson(net.creditFen),
      net: fenToJson(net.netFen),
      debitCount: net.debitCount,
      creditCount: net.creditCount,
    })),
    participantsNet: fenToJson(report.netFen),
    pursesNet: fenToJson(report.purseFen),
  });
};

const close: Handler = async (c, parts, { date, bearer }) => {
  if (date === 'current') return problemResponse(problemOf('day-unknown'));
  const closed = await closeDay(parts.reports, date, actorOf(bearer));
  if (typeof closed === 'string') {
    return problemResponse(problemOf(closed), closed === 'cut-off-busy' ? { 'retry-after': '1' } : {});
  }
  parts.log.info('business day closed', { businessDate: date, replay: closed.replay });
  const { businessDate, nextDate, closedAt, sealHex: seal, replay } = closed;
  return c.json(
    { businessDate, nextDate, closedAt, seal },
    200,
    replay ? { 'idempotent-replayed': 'true' } : {},
  );
};
