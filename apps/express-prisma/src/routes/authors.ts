import { Router } from 'express';

import {
  isForeignKeyViolation,
  isPrismaError,
  NOT_FOUND,
  prisma,
  UNIQUE_VIOLATION,
} from '../db.js';
import { Conflict, NotFound } from '../errors.js';
import { requireAdmin, requireUser } from '../middleware/auth.js';
import { validateBody } from '../middleware/validate.js';
import { type AuthorCreate, authorCreate } from '../schemas/author.js';
import { idParams } from '../schemas/fields.js';
import { authorOut } from '../serializers.js';

export const authors = Router();

authors
  .route('/')
  .get(async (_req, res) => {
    const all = await prisma.author.findMany({ orderBy: { name: 'asc' } });
    res.json(all.map(authorOut));
  })
  .post(requireUser, requireAdmin, validateBody(authorCreate), async (req, res) => {
    const { name, bio }: AuthorCreate = req.body;
    try {
      const author = await prisma.author.create({ data: { name, bio } });
      res.status(201).json(authorOut(author));
    } catch (error) {
      if (isPrismaError(error, UNIQUE_VIOLATION)) {
        throw new Conflict('There is already an author of this name');
      }
      throw error;
    }
  });

authors
  .route('/:id')
  .get(async (req, res) => {
    const { id } = idParams.parse(req.params);
    const author = await prisma.author.findUnique({ where: { id } });
    if (!author) {
      throw new NotFound('There is no such author');
    }
    res.json(authorOut(author));
  })
  .delete(requireUser, requireAdmin, async (req, res) => {
    const { id } = idParams.parse(req.params);
    try {
      await prisma.author.delete({ where: { id } });
    } catch (error) {
      if (isPrismaError(error, NOT_FOUND)) {
        throw new NotFound('There is no such author');
      }
      if (isForeignKeyViolation(error)) {
        throw new Conflict('This author still has books');
      }
      throw error;
    }
    res.status(204).end();
  });
