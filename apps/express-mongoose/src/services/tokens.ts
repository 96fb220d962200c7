import { createHmac, timingSafeEqual } from 'node:crypto';

import jwt from 'jsonwebtoken';

import { config } from '../config';
import { objectId } from '../validations/fields';

export function createToken(userId: string): string {
  return jwt.sign({ sub: userId }, config.jwt.secret, { expiresIn: config.jwt.lifetime });
}

/** The id of the user whom the token was given to, null if it is not (or no longer) ours. */
export function readToken(token: string): string | null {
  try {
    const claims = jwt.verify(token, config.jwt.secret, { algorithms: ['HS256'] });
    return objectId.parse(claims.sub);
  } catch {
    return null;
  }
}

/** True when the signature is the hexadecimal HMAC-SHA256 of the body, keyed by our secret. */
export function isSigned(body: Buffer, signature: string): boolean {
  const expected = createHmac('sha256', config.payment.webhookSecret).update(body).digest('hex');
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
}
