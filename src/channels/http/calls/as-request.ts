import type { IncomingMessage, RequestListener } from 'node:http';
import { newRequestId, runAsRequest } from '#platform/requests/current-request.ts';
import { isRequestId } from '#platform/rules/request-id.ts';
import type { NoteCall } from './note-calls.ts';

export const requestIdHeader = 'Request-Id';

/** Gives each call its id, says it in the answer, whatever the answer is, and runs the call under it. */
export function asRequest(answer: RequestListener, note: NoteCall | null): RequestListener {
  return (incoming, outgoing) => {
    const requestId = requestIdOf(incoming);
    outgoing.setHeader(requestIdHeader, requestId);
    note?.(incoming, outgoing, requestId);
    return runAsRequest(requestId, () => answer(incoming, outgoing));
  };
}

/** The caller's own, so that its log and ours have one name for it, or a new one. */
function requestIdOf(incoming: IncomingMessage): string {
  const given = incoming.headers['request-id'];
  return isRequestId(given) ? given : newRequestId();
}
