const jwt = require('jsonwebtoken');

const { createToken } = require('../../../src/security');
const { anonymousRequest } = require('./app');

const KEY = process.env.JWT_SECRET;
const NOBODY = { id: 2_000_000_000 };

/** A request of a signed-in user; `flaw` spoils the credential in one way. */
function authenticatedRequest(method, path, user, flaw = '') {
  const credential = flaw === 'none' ? '' : token(user, flaw);
  return anonymousRequest(method, path).set(headers(credential, flaw));
}

function headers(credential, flaw) {
  if (flaw === 'none') return {};
  const scheme = flaw === 'scheme' ? 'Basic' : 'Bearer';
  return { Authorization: `${scheme} ${credential}` };
}

/** The user's token; `flaw` is garbage, expired, forged, unsigned or stranger. */
function token(user, flaw) {
  if (flaw === 'garbage') return 'not-a-token';
  const owner = flaw === 'stranger' || !user ? NOBODY : user;
  const valid = createToken(owner.id);
  const { exp, iat, ...claims } = jwt.decode(valid);
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

function sign(claims, key = KEY) {
  return jwt.sign({ exp: now() + 3600, ...claims }, key, { algorithm: 'HS256' });
}

const now = () => Math.floor(Date.now() / 1000);

module.exports = { authenticatedRequest };
