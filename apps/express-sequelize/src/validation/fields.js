const Joi = require('joi').extend(require('@joi/date'));

const INT_MAX = 2147483647;

const id = Joi.number().integer().min(1).max(INT_MAX);
const day = Joi.date().format('YYYY-MM-DD').raw();

module.exports = {
  Joi,
  id,
  day,
  idParams: Joi.object({ id: id.required() }),
  email: Joi.string().email().max(254).lowercase(),
  // bcrypt reads no more than 72 bytes.
  password: Joi.string().min(10).max(72, 'utf8'),
  name: (longest) => Joi.string().trim().max(longest),
  cents: Joi.number().integer().min(1).max(INT_MAX),
  amount: Joi.number().integer().min(0).max(INT_MAX),
  paged: {
    page: Joi.number().integer().min(1).max(INT_MAX).default(1),
    per_page: Joi.number().integer().min(1).max(100).default(20),
  },
};
