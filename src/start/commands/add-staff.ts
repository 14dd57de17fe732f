import { staffNamePattern } from '#access/rules/staff-name.ts';
import { openSignInDesk } from '#access/sign-in/desk.ts';
import { addStaff } from '#access/staff/keep-staff.ts';
import { staffRoles } from '#access/staff/store.ts';
import { systemActor } from '#audit/rules/event.ts';
import type { Config } from '#platform/config.ts';
import { StartError } from '#platform/start-error.ts';
import { withOwner } from './with-owner.ts';

/**
 * Adds a member of staff at the machine: how the first administrator comes in. Gives the text to show, once.
 * Throws StartError for a name or role that is none, a name that is taken, or another master key.
 */
export async function addStaffByHand(config: Config, name: string, role: string): Promise<string> {
  const known = staffRoles.find((found) => found === role);
  if (known === undefined) throw new StartError(`A role is one of ${staffRoles.join(', ')}.`);
  if (!staffNamePattern.test(name))
    throw new StartError('A sign-in name has 3 to 32 small letters, digits, dots and dashes.');
  return withOwner(config, async (pool, secrets) => {
    const desk = openSignInDesk({ pool, secrets });
    const first = await addStaff(desk, { name, displayName: name, role: known }, { actor: systemActor });
    if (typeof first === 'string') throw new StartError(`The sign-in name ${name} is taken: choose another.`);
    return [
      `${name} is added as ${role}, number ${first.id}. This is shown once:`,
      `  one-time password  ${first.oneTimePassword}   (to be changed at the first sign-in)`,
      `  authenticator      ${first.otpauthUri}`,
      '',
    ].join('\n');
  });
}
