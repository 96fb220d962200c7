const { Joi, email, name, password } = require('./fields');

const registration = Joi.object({
  email: email.required(),
  name: name(80).required(),
  password: password.required(),
}).options({ stripUnknown: true });

const credentials = Joi.object({
  email: email.required(),
  password: Joi.string().required(),
}).options({ stripUnknown: true });

const profileUpdate = Joi.object({
  email,
  name: name(80),
  password,
}).options({ stripUnknown: true });

module.exports = { registration, credentials, profileUpdate };
