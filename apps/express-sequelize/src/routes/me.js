const { Router } = require('express');
const { UniqueConstraintError } = require('sequelize');

const { Conflict } = require('../errors');
const { requireUser } = require('../middleware/auth');
const validate = require('../middleware/validate');
const wrap = require('../middleware/wrap');
const { hashPassword } = require('../security');
const { userOut } = require('../serializers');
const { profileUpdate } = require('../validation/users');

const router = Router();

router.use(requireUser);

router.get('/', (req, res) => {
  res.json(userOut(req.user));
});

router.patch(
  '/',
  validate({ body: profileUpdate }),
  wrap(async (req, res) => {
    const { password, ...rest } = req.body;
    const changes =
      password === undefined ? rest : { ...rest, password_hash: await hashPassword(password) };
    try {
      const user = await req.user.update(changes);
      res.json(userOut(user));
    } catch (error) {
      if (error instanceof UniqueConstraintError) {
        throw new Conflict('This e-mail is already registered');
      }
      throw error;
    }
  }),
);

module.exports = router;
