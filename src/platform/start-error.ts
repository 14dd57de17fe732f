/**
 * A start that cannot succeed as the machine or the settings are.
 * Its message is one sentence for the person at the terminal; main prints it and exits with 1.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
}
