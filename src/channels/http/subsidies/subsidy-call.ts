import type { Bearer, Role } from '#access/store.ts';
import { admitRole } from '#channels/http/bearer.ts';
import { type HttpContext, type HttpParts, headerOf, incomingOf } from '#channels/http/parts.ts';
import { readBody } from '#channels/http/wire/body.ts';
import { type Problem, problemOf } from '#channels/http/wire/problem.ts';
import type { DisbursementParts } from '#disbursements/ports.ts';
import { fileBytesMax } from '#disbursements/rules/file-text.ts';
import { type Batch, readBatch } from '#disbursements/store.ts';

/** A call of somebody who may make it. */
export interface Admitted {
  readonly bearer: Bearer;
  readonly rooms: DisbursementParts;
}

export async function admit(
  c: HttpContext,
  parts: HttpParts,
  roles: readonly Role[],
): Promise<Admitted | Problem> {
  const bearer = await admitRole(c, parts, roles);
  if ('code' in bearer) return bearer;
  return { bearer, rooms: parts.disbursements };
}

/** The batch that the path names, or null for a text that names none. */
export function batchIdOf(c: HttpContext): bigint | null {
  const named = c.req.param('id') ?? '';
  return /^[1-9]\d{0,8}$/.test(named) ? BigInt(named) : null;
}

/** The batch that the path names and the bearer may see: an agency sees its own alone. */
export async function admitToBatch(
  c: HttpContext,
  parts: HttpParts,
): Promise<(Admitted & { readonly batch: Batch }) | Problem> {
  const call = await admit(c, parts, ['operator', 'finance', 'auditor', 'participant']);
  if (!('bearer' in call)) return call;
  const id = batchIdOf(c);
  const batch = id === null ? null : await readBatch(parts.session, id);
  const { role, subjectId } = call.bearer;
  const isVisible = batch !== null && (role !== 'participant' || BigInt(batch.participantId) === subjectId);
  return isVisible ? { ...call, batch } : problemOf('batch-unknown');
}

/** A file of lines, up to its limit of bytes. */
export async function readCsv(c: HttpContext): Promise<Buffer | Problem> {
  if (!/^text\/csv\s*(;|$)/i.test(headerOf(c, 'content-type'))) return problemOf('not-csv');
  return readBody(c.req.raw, incomingOf(c), fileBytesMax);
}
