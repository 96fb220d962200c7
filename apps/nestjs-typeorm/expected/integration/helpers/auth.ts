import jwt from 'jsonwebtoken';

import { anonymousRequest } from './app';

const KEY = process.env.JWT_SECRET!;
const NOBODY = { id: 2_000_000_000 };

/** A request of a signed-in user; `flaw` spoils the credential in one way. */
export function authenticatedRequest(method: string, path: string, user: any, flaw = '') {
  const credential = flaw === 'none' ? '' : token(user, flaw);
  return anonymousRequest(method, path).set(headers(credential, flaw));
}

function headers(credential: string, flaw: string): Record<string, string> {
  if (flaw === 'none') return {};
  const scheme = flaw === 'scheme' ? 'Basic' : 'Bearer';
  return { Authorization: `${scheme} ${credential}` };
}

/** The user's token; `flaw` is garbage, expired, forged, unsigned or stranger. */
function token(user: any, flaw: string): string {
  if (flaw === 'garbage') return 'not-a-token';
  const owner = flaw === 'stranger' || !user ? NOBODY : user;
  const valid = sign({ sub: owner.id });
  const { exp, iat, ...claims } = jwt.decode(valid) as jwt.JwtPayload;
  switch (flaw) {
    case 'expired':
      return sign({ ...claims, exp: now() - 3600 });
    case 'forged':
      return sign({ ...claims, exp }, 'the key of quite another application');
    case 'unsigned':
      return jwt.sign({ ...claims, exp }, '', { algorithm: 'none' });
    default:
      return valid;
  }
}

function sign(claims: object, key = KEY) {
  return jwt.sign({ exp: now() + 3600, ...claims }, key, { algorithm: 'HS256' });
}

const now = () => Math.floor(Date.now() / 1000);
