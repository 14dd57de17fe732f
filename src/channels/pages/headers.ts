import type { MiddlewareHandler } from 'hono';

const httpsDays = 365;

const always: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Not "no-referrer": browsers then send "Origin: null" from our own forms, and their origin could not be checked.
  // To every other host nothing is sent either way.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
};

/** What every answer of the pages carries. Nothing of a person's is kept by a browser or on the way. */
export function pageHeaders({ secure }: { readonly secure: boolean }): MiddlewareHandler {
  return async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(always)) c.res.headers.set(name, value);
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
    if (secure) c.res.headers.set('strict-transport-security', `max-age=${httpsDays * 86_400}`);
  };
}
