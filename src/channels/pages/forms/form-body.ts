import type { Context } from 'hono';
import type { Sender } from '#channels/pages/rules/origin.ts';

const fieldsMax = 12;
const fieldLengthMax = 1_000;

/** What a browser says about where a form came from. */
export function senderOf(c: Context): Sender {
  return {
    origin: c.req.header('origin'),
    site: c.req.header('sec-fetch-site'),
    host: c.req.header('host') ?? new URL(c.req.url).host,
  };
}

/** The fields of a form, or null for what no form of ours sends: another type, a field twice, a long one. */
export async function readForm(c: Context): Promise<Readonly<Record<string, string>> | null> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') return null;
  const sent = [...new URLSearchParams(await c.req.text())];
  const names = new Set(sent.map(([name]) => name));
  const isOurs = sent.length <= fieldsMax && names.size === sent.length;
  return isOurs && sent.every(([, value]) => value.length <= fieldLengthMax)
    ? Object.fromEntries(sent)
    : null;
}
