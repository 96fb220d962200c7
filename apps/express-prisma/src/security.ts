import { createHmac, timingSafeEqual } from 'node:crypto';

import bcrypt from 'bcryptjs';
import jwt from 'jsonwebtoken';

import { config } from './config.js';
import { id } from './schemas/fields.js';

const ALGORITHM = 'HS256';

// Checked when the e-mail is unknown, so that the answer takes as long as for a known one.
const NOBODY = bcrypt.hashSync("nobody's password", config.BCRYPT_ROUNDS);

export function hashPassword(password: string): Promise<string> {
  return bcrypt.hash(password, config.BCRYPT_ROUNDS);
}

export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const matches = await bcrypt.compare(password, hash ?? NOBODY);
  return matches && hash !== undefined;
}

export function createToken(userId: number): string {
  return jwt.sign({}, config.JWT_SECRET, {
    algorithm: ALGORITHM,
    subject: String(userId),
    expiresIn: config.TOKEN_TTL_SECONDS,
  });
}

/** The id of the user whom the token was given to, null if it is not (or no longer) ours. */
export function readToken(token: string): number | null {
  try {
    const claims = jwt.verify(token, config.JWT_SECRET, { algorithms: [ALGORITHM] });
    return id.parse(claims.sub);
  } catch {
    return null;
  }
}

/** True when the signature is the hexadecimal HMAC-SHA256 of the body, keyed by our secret. */
export function isSigned(body: Buffer, signature: string): boolean {
  const expected = createHmac('sha256', config.PAYMENT_WEBHOOK_SECRET).update(body).digest('hex');
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
}
