/** An endpoint that is disabled no longer than this gets what it missed when it is enabled. */
const missedDays = 7;

/** Whether endpoint `e` is told of what happens: while it is active, and for a while after it was disabled. */
export const isListeningSql = `(e.state = 'active' or e.disabled_at > clock_timestamp() - interval '${missedDays} days')`;
