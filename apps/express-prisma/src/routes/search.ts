import { Router } from 'express';

import { prisma } from '../db.js';
import { titleContains } from '../filters.js';
import { slice } from '../pagination.js';
import { searchQuery } from '../schemas/book.js';
import { bookOut } from '../serializers.js';
import { findBooks, SearchFailed } from '../services/search.js';

export const search = Router();

search.get('/', async (req, res) => {
  const query = searchQuery.parse(req.query);
  const { q, page, per_page } = query;
  try {
    const { ids, total } = await findBooks(query);
    const books = await prisma.book.findMany({ where: { id: { in: ids } } });
    books.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
    res.json({ items: books.map(bookOut), total, page, per_page, degraded: false });
  } catch (error) {
    if (!(error instanceof SearchFailed)) {
      throw error;
    }
    console.error('The search service failed, asking the database', error);
    const where = titleContains(q);
    const [books, total] = await prisma.$transaction([
      prisma.book.findMany({
        where,
        orderBy: [{ title: 'asc' }, { id: 'asc' }],
        ...slice(query),
      }),
      prisma.book.count({ where }),
    ]);
    res.json({ items: books.map(bookOut), total, page, per_page, degraded: true });
  }
});
