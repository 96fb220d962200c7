const { Router } = require('express');
const { ForeignKeyConstraintError, UniqueConstraintError } = require('sequelize');

const { Conflict, NotFound } = require('../errors');
const { requireAdmin, requireUser } = require('../middleware/auth');
const validate = require('../middleware/validate');
const wrap = require('../middleware/wrap');
const { Author } = require('../models');
const { authorOut } = require('../serializers');
const { authorCreate } = require('../validation/catalogue');
const { idParams } = require('../validation/fields');

const router = Router();

router.get(
  '/',
  wrap(async (req, res) => {
    const authors = await Author.findAll({ order: [['name', 'ASC']] });
    res.json(authors.map(authorOut));
  }),
);

router.post(
  '/',
  requireUser,
  requireAdmin,
  validate({ body: authorCreate }),
  wrap(async (req, res) => {
    const { name, bio } = req.body;
    try {
      const author = await Author.create({ name, bio });
      res.status(201).json(authorOut(author));
    } catch (error) {
      if (error instanceof UniqueConstraintError) {
        throw new Conflict('There is already an author of this name');
      }
      throw error;
    }
  }),
);

router.get(
  '/:id',
  validate({ params: idParams }),
  wrap(async (req, res) => {
    const author = await Author.findByPk(req.params.id);
    if (!author) {
      throw new NotFound('There is no such author');
    }
    res.json(authorOut(author));
  }),
);

router.delete(
  '/:id',
  requireUser,
  requireAdmin,
  validate({ params: idParams }),
  wrap(async (req, res) => {
    const author = await Author.findByPk(req.params.id);
    if (!author) {
      throw new NotFound('There is no such author');
    }
    try {
      await author.destroy();
    } catch (error) {
      if (error instanceof ForeignKeyConstraintError) {
        throw new Conflict('This author still has books');
      }
      throw error;
    }
    res.status(204).end();
  }),
);

module.exports = router;
