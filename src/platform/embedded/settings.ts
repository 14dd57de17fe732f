type SettingOptions = { sharedBuffersMb?: number; extraSettings?: Record<string, string> };

/** The arguments of a server that is as durable as a production server and reachable from this machine only. */
export function serverSettings(options: SettingOptions, port: number): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: `${options.sharedBuffersMb ?? 512}MB`,
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    max_wal_size: '4GB',
    // What was written of the log is kept and written again: a new segment is filled with zeros first, and whoever
    // commits waits 50 ms for it, in a rush hour every four seconds.
    min_wal_size: '4GB',
    checkpoint_timeout: '15min',
    // A report over the whole journal locks every day's partitions: two a day with their indexes, for years.
    max_locks_per_transaction: '512',
    jit: 'off',
    timezone: 'UTC',
    // A file per weekday, emptied when its day comes again. Terse: a DETAIL line would show the row's values.
    logging_collector: 'on',
    log_filename: 'postgresql-%a.log',
    log_truncate_on_rotation: 'on',
    log_rotation_size: '0',
    log_timezone: 'UTC',
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    ...options.extraSettings,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
