const { Router } = require('express');
const { UniqueConstraintError } = require('sequelize');

const { Conflict, Unauthorized } = require('../errors');
const validate = require('../middleware/validate');
const wrap = require('../middleware/wrap');
const { User } = require('../models');
const { createToken, hashPassword, verifyPassword } = require('../security');
const { userOut } = require('../serializers');
const { attempt } = require('../services/aftermath');
const { sendWelcome } = require('../services/mail');
const { credentials, registration } = require('../validation/users');

const router = Router();

router.post(
  '/register',
  validate({ body: registration }),
  wrap(async (req, res) => {
    const { email, name, password } = req.body;
    const password_hash = await hashPassword(password);
    try {
      const user = await User.create({ email, name, password_hash });
      await attempt('send the welcome e-mail', sendWelcome(user));
      res.status(201).json({ token: createToken(user.id), user: userOut(user) });
    } catch (error) {
      if (error instanceof UniqueConstraintError) {
        throw new Conflict('This e-mail is already registered');
      }
      throw error;
    }
  }),
);

router.post(
  '/login',
  validate({ body: credentials }),
  wrap(async (req, res) => {
    const { email, password } = req.body;
    const user = await User.findOne({ where: { email } });
    const matches = await verifyPassword(password, user?.password_hash);
    if (!user || !matches) {
      throw new Unauthorized('Wrong e-mail or password');
    }
    res.json({ token: createToken(user.id) });
  }),
);

module.exports = router;
