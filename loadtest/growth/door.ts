import { Agent, get } from 'node:http';
import { startService } from '#loadtest/bench/load/child.ts';
import { serviceFile } from '#loadtest/bench/served.ts';
import type { World } from '#loadtest/bench/world.ts';
import { holderToken } from '#loadtest/k6/journeys/parts/names.ts';
import { type Looks, measureLooks } from './looks.ts';

/** The looks as a holder has them: through the service, which is started for them on the world's books. */
export async function measureLooksThroughDoor(world: World): Promise<Looks> {
  const service = await startService(serviceFile, {
    DATABASE_URL: world.url,
    MASTER_KEY: world.masterKeyHex,
    LOG_LEVEL: 'error',
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (what: string, card: number): Promise<string> =>
    answerTo({ agent, port: service.port, path: `/v1/card-accounts/mine/${what}`, token: holderToken(card) });
  const looker = {
    balance: async (card: number) => (await ask('balances', card)).includes('"purse"'),
    history: async (card: number) => /"nextBefore":"\d/.test(await ask('history?limit=20', card)),
  };
  try {
    // Each holder was there before, and the service has run for a while: its first looks are those of a start.
    await measureLooks(world, looker);
    return await measureLooks(world, looker);
  } finally {
    agent.destroy();
    await service.stop();
  }
}

interface Asked {
  readonly agent: Agent;
  readonly port: number;
  readonly path: string;
  readonly token: string;
}

function answerTo({ agent, port, path, token }: Asked): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    get({ agent, host: '127.0.0.1', port, path, headers }, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (part: string) => {
          text += part;
        })
        .on('error', reject)
        .on('end', () => {
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`${path} is answered with ${response.statusCode}: ${text}`));
        });
    }).on('error', reject);
  });
}
