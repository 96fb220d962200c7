import bcrypt from 'bcryptjs';
import type { Request, Response } from 'express';
import createError from 'http-errors';

import { valid } from '../middleware/validate';
import { User } from '../models';
import { sendWelcome } from '../services/mail';
import { createToken } from '../services/tokens';
import type * as shapes from '../validations';
import { userView } from '../views';

export async function register(req: Request, res: Response): Promise<void> {
  const { email, name, password } = valid<typeof shapes.register>(res).body;
  const user = await User.create({ email, name, password_hash: password });
  await sendWelcome(user);
  res.status(201).json({ token: createToken(user.id), user: userView(user) });
}

export async function login(req: Request, res: Response): Promise<void> {
  const { email, password } = valid<typeof shapes.login>(res).body;
  const user = await User.findOne({ email }).select('+password_hash');
  if (!user || !(await bcrypt.compare(password, user.password_hash))) {
    throw createError(401, 'Wrong e-mail or password');
  }
  res.json({ token: createToken(user.id) });
}

export function showMe(req: Request, res: Response): void {
  res.json(userView(req.user));
}

export async function changeMe(req: Request, res: Response): Promise<void> {
  const { email, name, password } = valid<typeof shapes.changeProfile>(res).body;
  const { user } = req;
  if (email !== undefined) user.email = email;
  if (name !== undefined) user.name = name;
  if (password !== undefined) user.password_hash = password;
  await user.save();
  res.json(userView(user));
}
