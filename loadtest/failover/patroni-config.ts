/** Where a node is, and what it may know. */
export interface NodePlace {
  readonly name: string;
  readonly port: number;
  readonly restPort: number;
  readonly folder: string;
  readonly etcdPort: number;
  readonly password: string;
}

/** After so long without a word from the primary another takes its place; Patroni allows no less than 20. */
export const leaseSeconds = 20;

const binaries = '/usr/lib/postgresql/15/bin';
const host = '127.0.0.1';

/**
 * Patroni's file for a node, as JSON, which is YAML too. A payment is acknowledged when two machines have it
 * (synchronous_mode), and none is when only one is left to have it (strict).
 */
export function patroniConfig(node: NodePlace): string {
  const { name, port, restPort, folder, etcdPort, password } = node;
  const user = (username: string) => ({ username, password });
  return JSON.stringify(
    {
      scope: 'one-card',
      name,
      restapi: { listen: `${host}:${restPort}`, connect_address: `${host}:${restPort}` },
      etcd3: { host: `${host}:${etcdPort}` },
      bootstrap: {
        dcs: {
          ttl: leaseSeconds,
          loop_wait: 2,
          retry_timeout: 5,
          // Only a synchronous standby may take over, whatever the others have.
          synchronous_mode: true,
          synchronous_mode_strict: true,
          // A primary whose server died is not waited for.
          primary_start_timeout: 0,
          postgresql: {
            use_pg_rewind: true,
            parameters: {
              max_connections: 100,
              max_locks_per_transaction: 512,
              wal_log_hints: 'on',
              synchronous_commit: 'on',
              max_wal_size: '1GB',
            },
          },
        },
        initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums'],
      },
      postgresql: {
        listen: `${host}:${port}`,
        connect_address: `${host}:${port}`,
        data_dir: `${folder}/data`,
        bin_dir: binaries,
        pgpass: `${folder}/pgpass`,
        authentication: {
          superuser: user('postgres'),
          replication: user('replicator'),
          rewind: user('rewinder'),
        },
        pg_hba: [
          `host all all ${host}/32 scram-sha-256`,
          `host replication replicator ${host}/32 scram-sha-256`,
        ],
        parameters: { unix_socket_directories: folder, password_encryption: 'scram-sha-256' },
        remove_data_directory_on_rewind_failure: true,
      },
      watchdog: { mode: 'off' },
    },
    null,
    2,
  );
}
