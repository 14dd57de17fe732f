import type { Teller } from './exchange.ts';

const messages = (endpoint: unknown) => `/v1/participants/mine/webhook-endpoints/${endpoint}`;

/** A participant reads its own figures, and has them sent to an address of its own, where nobody answers. */
export async function usePartnerApi(teller: Teller, businessDate: unknown): Promise<void> {
  const read = (path: string) => teller.read('participant', path);
  const post = (path: string, body?: object) => teller.post('participant', path, body);
  const figures = '/v1/participants/mine';
  const page = await read(`${figures}/transactions?businessDate=${businessDate}&limit=5`);
  const [first] = (page['transactions'] ?? []) as { transactionId: string }[];
  await read(`${figures}/transactions/${first?.transactionId}`);
  await read(`${figures}/days?from=${businessDate}&to=${businessDate}`);
  await read(`${figures}/nets?from=${businessDate}&to=${businessDate}`);
  const { endpointId } = await post(`${figures}/webhook-endpoints`, { url: 'http://127.0.0.1:9/hooks' });
  const at = messages(endpointId);
  await post(`${at}/rotation`);
  const { messageId } = await post(`${at}/test`);
  await read(`${at}/messages?limit=5`);
  await read(`${at}/messages/${messageId}`);
  await teller.read('administrator', `/v1/webhook-endpoints/${endpointId}/messages?limit=5`);
  await post(`${at}/messages/${messageId}/replay`);
  await post(`${at}/replay`, { since: new Date().toISOString() });
  await post(`${at}/disable`);
  await post(`${at}/enable`);
  await teller.post('administrator', `/v1/webhook-endpoints/${endpointId}/disable`);
}
