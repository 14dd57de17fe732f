import { freePort } from '#platform/embedded/postmaster.ts';

/** The port of each part, all on 127.0.0.1. */
export interface Places {
  readonly site: number;
  readonly terminals: number;
  readonly statistics: number;
  readonly prometheus: number;
  readonly postgresExporter: number;
  readonly nodeExporter: number;
  readonly redis: number;
  readonly instances: readonly { readonly http: number; readonly pos: number }[];
}

/** What people open has the ports of compose.yaml; what they need not know takes what is free. */
export async function choosePlaces(anyPorts: boolean): Promise<Places> {
  const known = async (port: number) => (anyPorts ? freePort() : port);
  return {
    site: await known(8080),
    terminals: await known(8583),
    statistics: await known(8404),
    prometheus: await known(9090),
    postgresExporter: await freePort(),
    nodeExporter: await freePort(),
    redis: await freePort(),
    instances: [
      { http: await freePort(), pos: await freePort() },
      { http: await freePort(), pos: await freePort() },
    ],
  };
}

export const local = (port: number) => `127.0.0.1:${port}`;
