import { inTransaction, type Pool, sessionOf } from '#platform/postgres.ts';
import { findEndpoint, lockEndpointsOf } from '#webhooks/endpoints/store.ts';
import { insertMessages } from '#webhooks/feed/store.ts';
import { testEvent } from '#webhooks/rules/event.ts';
import { countTests } from './store.ts';

/** Tests of an endpoint in an hour. */
const testsPerHourMax = 60;
const hourUs = 3_600_000_000n;

export type TestRefusal = 'endpoint-unknown' | 'endpoint-disabled' | 'too-often';

/** Writes a message that says nothing but that it arrived; gives its id. */
export async function sendTest(
  pool: Pool,
  named: { readonly id: bigint; readonly participantId: number },
  nowMs: number,
): Promise<{ readonly messageId: bigint } | TestRefusal> {
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    await lockEndpointsOf(session, named.participantId);
    const endpoint = await findEndpoint(session, named.id, named.participantId);
    if (endpoint === null) return 'endpoint-unknown';
    if (endpoint.state === 'disabled') return 'endpoint-disabled';
    const nowUs = BigInt(Math.floor(nowMs)) * 1_000n;
    const recent = await countTests(session, named.id, nowUs - hourUs);
    if (recent >= testsPerHourMax) return 'too-often';
    // The count tells two of one moment apart.
    const event = testEvent(nowMs, named.id, nowUs + BigInt(recent));
    const [messageId] = await insertMessages(session, [{ endpointId: named.id, event }]);
    if (messageId === undefined) throw new Error('a test was not written');
    return { messageId };
  });
}
