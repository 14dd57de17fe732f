import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '#platform/log.ts';

/** The pattern of the route that a call takes, such as `/v1/holds/:id/void`; null for none. */
export type RouteOf = (method: string, path: string) => string | null;

/** Writes a line for a call, when its answer is out or its caller has gone. */
export type NoteCall = (incoming: IncomingMessage, outgoing: ServerResponse, requestId: string) => void;

export interface CallsToNote {
  readonly log: Log;
  /** Lines stand at `info`; without it at `debug`, and where nobody reads those, nothing is done for them. */
  readonly logRequests: boolean;
  readonly routeOf: RouteOf;
}

/** A line for each call: by its route and never by its path, in which people's numbers and a query stand. */
export function callNoter({ log, logRequests, routeOf }: CallsToNote): NoteCall | null {
  if (!logRequests && log.isDebug !== true) return null;
  const write = logRequests ? log.info : log.debug;
  return (incoming, outgoing, requestId) => {
    const startedMs = performance.now();
    const { method = '', url = '' } = incoming;
    outgoing.once('close', () => {
      write('a request', {
        requestId,
        method,
        route: routeOf(method, url.split('?', 1)[0] ?? ''),
        // Where the caller went before, nothing reached anybody.
        status: outgoing.writableFinished ? outgoing.statusCode : null,
        durationMs: Math.round((performance.now() - startedMs) * 1_000) / 1_000,
      });
    });
  };
}
