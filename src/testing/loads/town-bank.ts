import { connectBanks } from '#load-orders/bindings.ts';
import { openSecrets } from '#platform/secrets.ts';
import { type StandInBank, startStandInBank } from '#start/stand-in-bank.ts';
import { type HttpTown, masterKeyHex } from '#testing/http/http-town.ts';
import { town as places } from '#testing/town.ts';

const clientId = 46;

/** Starts a stand-in bank (fixtures/bank) and makes it the bank of a town behind the HTTP channel. Stop it after the town. */
export async function startTownBank({ owner }: Pick<HttpTown, 'owner'>): Promise<StandInBank> {
  const secrets = openSecrets({ masterKeyHex, dataDir: '/' });
  const key = secrets.demoSecret('bank of the test town');
  const bank = await startStandInBank({ key, clientId, lateMs: 3_000, balanceFen: 1_000_000 });
  const { address } = bank;
  await connectBanks(owner, [
    { participantId: places.bankId, address, clientId, keySealed: secrets.seal(key) },
  ]);
  return bank;
}
