const { Forbidden, Unauthorized } = require('../errors');
const { User } = require('../models');
const { readToken } = require('../security');
const wrap = require('./wrap');

const requireUser = wrap(async (req, res, next) => {
  const [scheme, token] = (req.headers.authorization || '').split(' ');
  const userId = /^bearer$/i.test(scheme) && token ? readToken(token) : null;
  const user = userId && (await User.findByPk(userId));
  if (!user) {
    throw new Unauthorized();
  }
  req.user = user;
  next();
});

/** To be put behind requireUser. */
const requireAdmin = (req, res, next) => {
  if (req.user.role !== 'admin') {
    return next(new Forbidden('Only an admin may do this'));
  }
  return next();
};

module.exports = { requireUser, requireAdmin };
