import type { Endpoint } from '#webhooks/endpoints/store.ts';
import type { Message } from '#webhooks/messages/store.ts';
import { publicKeyText, webhookId } from '#webhooks/rules/signature.ts';

export function endpointJson(endpoint: Endpoint): object {
  const { id, publicKey, ...rest } = endpoint;
  return { endpointId: String(id), ...rest, publicKey: publicKeyText(publicKey) };
}

export function messageJson({ id, ...rest }: Message): object {
  return { messageId: webhookId(id), ...rest };
}
