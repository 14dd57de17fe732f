import pg from 'pg';
import { sessionName } from '#platform/schema/rules/generation.ts';
import { StartError } from '#platform/start-error.ts';

const connectTimeoutMs = 10_000;

/** A connection as the books' owner, for what takes its time. */
export async function connectFor(purpose: string, url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: sessionName(purpose),
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    options: '-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=1 -c jit=off',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'no answer';
    throw new StartError(`The database cannot be reached (${code}): check its address.`, { cause: error });
  }
  return client;
}
