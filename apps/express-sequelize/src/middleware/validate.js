const { BadRequest } = require('../errors');

/** Puts what the schemas make of `params`, `query` and `body` in their place. */
const validate = (schemas) => (req, res, next) => {
  for (const [part, schema] of Object.entries(schemas)) {
    const { value, error } = schema.validate(req[part], { abortEarly: false });
    if (error) {
      return next(new BadRequest(error.message));
    }
    req[part] = value;
  }
  return next();
};

module.exports = validate;
