import { Router } from 'express';

import { isPrismaError, prisma, UNIQUE_VIOLATION } from '../db.js';
import { Conflict, Unauthorized } from '../errors.js';
import { validateBody } from '../middleware/validate.js';
import { type Credentials, credentials, type Registration, registration } from '../schemas/user.js';
import { createToken, hashPassword, verifyPassword } from '../security.js';
import { userOut } from '../serializers.js';
import { attempt } from '../services/aftermath.js';
import { sendWelcome } from '../services/mail.js';

export const auth = Router();

auth.post('/register', validateBody(registration), async (req, res) => {
  const { email, name, password }: Registration = req.body;
  const password_hash = await hashPassword(password);
  try {
    const user = await prisma.user.create({ data: { email, name, password_hash } });
    await attempt('send the welcome e-mail', sendWelcome(user));
    res.status(201).json({ token: createToken(user.id), user: userOut(user) });
  } catch (error) {
    if (isPrismaError(error, UNIQUE_VIOLATION)) {
      throw new Conflict('This e-mail is already registered');
    }
    throw error;
  }
});

auth.post('/login', validateBody(credentials), async (req, res) => {
  const { email, password }: Credentials = req.body;
  const user = await prisma.user.findUnique({ where: { email } });
  const matches = await verifyPassword(password, user?.password_hash);
  if (!user || !matches) {
    throw new Unauthorized('Wrong e-mail or password');
  }
  res.json({ token: createToken(user.id) });
});
