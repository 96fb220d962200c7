const { createHmac, timingSafeEqual } = require('crypto');

const bcrypt = require('bcryptjs');
const jwt = require('jsonwebtoken');

const config = require('./config');

const ALGORITHM = 'HS256';

// Checked when the e-mail is unknown, so that the answer takes as long as for a known one.
const NOBODY = bcrypt.hashSync("nobody's password", config.bcryptRounds);

const hashPassword = (password) => bcrypt.hash(password, config.bcryptRounds);

async function verifyPassword(password, hash) {
  const matches = await bcrypt.compare(password, hash || NOBODY);
  return matches && Boolean(hash);
}

const createToken = (userId) =>
  jwt.sign({}, config.jwtSecret, {
    algorithm: ALGORITHM,
    subject: String(userId),
    expiresIn: config.tokenTtlSeconds,
  });

/** The id of the user whom the token was given to, null if it is not (or no longer) ours. */
function readToken(token) {
  try {
    const claims = jwt.verify(token, config.jwtSecret, { algorithms: [ALGORITHM] });
    return Number(claims.sub) || null;
  } catch {
    return null;
  }
}

/** True when the signature is the hexadecimal HMAC-SHA256 of the body, keyed by our secret. */
function isSigned(body, signature) {
  const expected = createHmac('sha256', config.payment.webhookSecret).update(body).digest('hex');
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
}

module.exports = { hashPassword, verifyPassword, createToken, readToken, isSigned };
