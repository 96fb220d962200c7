import './helpers/setup.js';

import { describe, expect, it } from 'vitest';

import { prisma, snapshot } from './helpers/database.js';
import { seedTestData } from './helpers/factories.js';

describe('author records', () => {
  it('stores an author with what is required', async () => {
    const author = await prisma.author.create({ data: { name: 'Tomas Berg' } });

    const found = await prisma.author.findFirstOrThrow({ where: { id: author.id } });

    expect(found.name).toBe('Tomas Berg');
    expect(found.bio).toBeNull();
  });

  it('finds an author by id and name', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();

    const found = await prisma.author.findFirstOrThrow({ where: { id: author.id } });

    expect(found.id).toEqual(author.id);

    const foundByName = await prisma.author.findFirstOrThrow({ where: { name: author.name } });

    expect(foundByName.id).toEqual(author.id);
  });

  it('changes only the bio of an author', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();
    const before = await snapshot(['authors'], { but: ['authors.bio'] });

    await prisma.author.update({
      where: { id: author.id },
      data: { bio: 'Kept short on purpose.' },
    });

    const savedAuthor = await prisma.author.findFirstOrThrow({ where: { id: author.id } });
    expect(savedAuthor.bio).toBe('Kept short on purpose.');
    expect(await snapshot(['authors'], { but: ['authors.bio'] })).toEqual(before);
  });

  it('changes the bio and name of an author together', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();
    const before = await snapshot(['authors'], { but: ['authors.bio', 'authors.name'] });

    await prisma.author.update({
      where: { id: author.id },
      data: { bio: 'Kept short on purpose.', name: 'Tomas Berg' },
    });

    const savedAuthor = await prisma.author.findFirstOrThrow({ where: { id: author.id } });
    expect(savedAuthor).toMatchObject({ bio: 'Kept short on purpose.', name: 'Tomas Berg' });
    expect(await snapshot(['authors'], { but: ['authors.bio', 'authors.name'] })).toEqual(before);
  });

  it('removes an author and no other', async () => {
    const author = await seedTestData.author();
    const otherAuthor = await seedTestData.author();

    await prisma.author.delete({ where: { id: author.id } });

    expect(await prisma.author.findFirst({ where: { id: author.id } })).toBeNull();
    expect(await prisma.author.findFirst({ where: { id: otherAuthor.id } })).not.toBeNull();
  });

  it('refuses two authors with the same name', async () => {
    const author = await seedTestData.author();

    await expect(prisma.author.create({ data: { name: author.name } })).rejects.toMatchObject({
      code: 'P2002',
    });
  });

  it('refuses an author without a required field', async () => {
    await expect(prisma.author.create({ data: { name: null } as never })).rejects.toThrow();
  });
});
