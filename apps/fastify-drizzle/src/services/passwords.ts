import bcrypt from 'bcryptjs';

import { config } from '../config.js';

// Checked when the e-mail is unknown, so that the answer takes as long as for a known one.
const NOBODY = bcrypt.hashSync("nobody's password", config.BCRYPT_ROUNDS);

export function hashPassword(password: string): Promise<string> {
  return bcrypt.hash(password, config.BCRYPT_ROUNDS);
}

export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const matches = await bcrypt.compare(password, hash ?? NOBODY);
  return matches && hash !== undefined;
}
