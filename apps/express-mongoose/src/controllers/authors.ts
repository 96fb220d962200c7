import type { Request, Response } from 'express';
import createError from 'http-errors';

import { valid } from '../middleware/validate';
import { Author, Book } from '../models';
import type * as shapes from '../validations';
import { authorView } from '../views';

export async function list(_req: Request, res: Response): Promise<void> {
  const authors = await Author.find().sort({ name: 1 });
  res.json(authors.map(authorView));
}

export async function create(req: Request, res: Response): Promise<void> {
  const { name, bio } = valid<typeof shapes.createAuthor>(res).body;
  const author = await Author.create({ name, bio });
  res.status(201).json(authorView(author));
}

export async function show(req: Request, res: Response): Promise<void> {
  const { id } = valid<typeof shapes.byId>(res).params;
  const author = await Author.findById(id);
  if (!author) {
    throw createError(404, 'There is no such author');
  }
  res.json(authorView(author));
}

export async function remove(req: Request, res: Response): Promise<void> {
  const { id } = valid<typeof shapes.byId>(res).params;
  const author = await Author.findById(id);
  if (!author) {
    throw createError(404, 'There is no such author');
  }
  if (await Book.exists({ author: id })) {
    throw createError(409, 'This author still has books');
  }
  await author.deleteOne();
  res.status(204).end();
}
