import { Router } from 'express';

import { isPrismaError, prisma, UNIQUE_VIOLATION } from '../db.js';
import { Conflict } from '../errors.js';
import { requireUser } from '../middleware/auth.js';
import { validateBody } from '../middleware/validate.js';
import { type ProfileUpdate, profileUpdate } from '../schemas/user.js';
import { hashPassword } from '../security.js';
import { userOut } from '../serializers.js';

export const me = Router();

me.use(requireUser);

me.route('/')
  .get((req, res) => {
    res.json(userOut(req.user));
  })
  .patch(validateBody(profileUpdate), async (req, res) => {
    const { email, name, password }: ProfileUpdate = req.body;
    const password_hash = password === undefined ? undefined : await hashPassword(password);
    try {
      const user = await prisma.user.update({
        where: { id: req.user.id },
        data: { email, name, password_hash },
      });
      res.json(userOut(user));
    } catch (error) {
      if (isPrismaError(error, UNIQUE_VIOLATION)) {
        throw new Conflict('This e-mail is already registered');
      }
      throw error;
    }
  });
