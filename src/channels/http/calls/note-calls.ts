import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '#platform/log.ts';
import { routeTaken } from './route-of.ts';

/** Writes a line for a call, when its answer is out or its caller has gone. */
export type NoteCall = (incoming: IncomingMessage, outgoing: ServerResponse, requestId: string) => void;

export interface CallsToNote {
  readonly log: Log;
  /** Lines stand at `info`; without it at `debug`, and where nobody reads those, nothing is done for them. */
  readonly logRequests: boolean;
}

/** A line for each call: by its route and never by its path, in which people's numbers and a query stand. */
export function callNoter({ log, logRequests }: CallsToNote): NoteCall | null {
  if (!logRequests && log.isDebug !== true) return null;
  const write = logRequests ? log.info : log.debug;
  return (incoming, outgoing, requestId) => {
    const startedMs = performance.now();
    const { method = '' } = incoming;
    outgoing.once('close', () => {
      write('a request', {
        requestId,
        method,
        route: routeTaken(incoming),
        // Where the caller went before, nothing reached anybody.
        status: outgoing.writableFinished ? outgoing.statusCode : null,
        durationMs: Math.round((performance.now() - startedMs) * 1_000) / 1_000,
      });
    });
  };
}
