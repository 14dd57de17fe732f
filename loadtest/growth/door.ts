import { startOn } from '#loadtest/bench/served.ts';
import type { World } from '#loadtest/bench/world.ts';
import { holderToken } from '#loadtest/k6/journeys/parts/names.ts';
import { openWire } from '#loadtest/openapi/wire.ts';
import { type Looks, measureLooks } from './looks.ts';

/** Of all looks at balance and history: p99 falls until about ten thousand requests, and then no more (0.7 and 1.2 ms). */
const roundsBefore = 4;

/** The looks as a holder has them: through the service, which is started for them on the world's books. */
export async function measureLooksThroughDoor(world: World): Promise<Looks> {
  const service = await startOn(world, null);
  const wire = openWire(service.port);
  const ask = async (what: string, card: number): Promise<string> => {
    const target = `/v1/card-accounts/mine/${what}`;
    const headers = [['authorization', `Bearer ${holderToken(card)}`]] as const;
    const { status, text } = await wire.send({ method: 'GET', target, headers, body: null });
    if (status !== 200) throw new Error(`${target} is answered with ${status}: ${text}`);
    return text;
  };
  const looker = {
    balance: async (card: number) => (await ask('balances', card)).includes('"purse"'),
    history: async (card: number) => /"nextBefore":"\d/.test(await ask('history?limit=20', card)),
  };
  try {
    // Each holder was there before, and the service has run for a while: until then the p99 is that of its compiler.
    for (let round = 0; round < roundsBefore; round++) await measureLooks(world, looker);
    return await measureLooks(world, looker);
  } finally {
    wire.close();
    await service.stop();
  }
}
