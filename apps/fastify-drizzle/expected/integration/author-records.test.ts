import './helpers/setup.js';

import { describe, expect, it } from 'vitest';

import { authors } from '../../src/db/schema.js';
import { db, matching, snapshot } from './helpers/database.js';
import { seedTestData } from './helpers/factories.js';

describe('author records', () => {
  it('stores an author with what is required', async () => {
    const author = await db
      .insert(authors)
      .values({ name: 'Tomas Berg' })
      .returning()
      .then(([row]) => row!);

    const found = await db
      .select()
      .from(authors)
      .where(matching(authors, { id: author.id }))
      .then(([row]) => row!);

    expect(found.name).toBe('Tomas Berg');
    expect(found.bio).toBeNull();
  });

  it('finds an author by id and name', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();

    const found = await db
      .select()
      .from(authors)
      .where(matching(authors, { id: author.id }))
      .then(([row]) => row!);

    expect(found.id).toEqual(author.id);

    const foundByName = await db
      .select()
      .from(authors)
      .where(matching(authors, { name: author.name }))
      .then(([row]) => row!);

    expect(foundByName.id).toEqual(author.id);
  });

  it('changes only the bio of an author', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();
    const before = await snapshot(['authors'], { but: ['authors.bio'] });

    await db
      .update(authors)
      .set({ bio: 'Kept short on purpose.' })
      .where(matching(authors, { id: author.id }));

    const savedAuthor = await db
      .select()
      .from(authors)
      .where(matching(authors, { id: author.id }))
      .then(([row]) => row!);
    expect(savedAuthor.bio).toBe('Kept short on purpose.');
    expect(await snapshot(['authors'], { but: ['authors.bio'] })).toEqual(before);
  });

  it('changes the bio and name of an author together', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();
    const before = await snapshot(['authors'], { but: ['authors.bio', 'authors.name'] });

    await db
      .update(authors)
      .set({ bio: 'Kept short on purpose.', name: 'Tomas Berg' })
      .where(matching(authors, { id: author.id }));

    const savedAuthor = await db
      .select()
      .from(authors)
      .where(matching(authors, { id: author.id }))
      .then(([row]) => row!);
    expect(savedAuthor).toMatchObject({ bio: 'Kept short on purpose.', name: 'Tomas Berg' });
    expect(await snapshot(['authors'], { but: ['authors.bio', 'authors.name'] })).toEqual(before);
  });

  it('removes an author and no other', async () => {
    const author = await seedTestData.author();
    const otherAuthor = await seedTestData.author();

    await db.delete(authors).where(matching(authors, { id: author.id }));

    expect(
      await db
        .select()
        .from(authors)
        .where(matching(authors, { id: author.id }))
        .then(([row]) => row ?? null),
    ).toBeNull();
    expect(
      await db
        .select()
        .from(authors)
        .where(matching(authors, { id: otherAuthor.id }))
        .then(([row]) => row ?? null),
    ).not.toBeNull();
  });

  it('keeps an author that a book points to', async () => {
    const author = await seedTestData.author();
    await seedTestData.book({ author_id: author.id });

    await expect(db.delete(authors).where(matching(authors, { id: author.id }))).rejects.toThrow();
  });

  it('refuses two authors with the same name', async () => {
    const author = await seedTestData.author();

    await expect(
      db
        .insert(authors)
        .values({ name: author.name })
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });

  it('refuses an author without a required field', async () => {
    await expect(
      db
        .insert(authors)
        .values({ name: null } as never)
        .returning()
        .then(([row]) => row!),
    ).rejects.toThrow();
  });
});
