import './helpers/setup';

import { repository, snapshot } from './helpers/database';
import { seedTestData } from './helpers/factories';

describe('author records', () => {
  it('stores an author with what is required', async () => {
    const author = await repository('Author').save({ name: 'Tomas Berg' });

    const found = await repository('Author').findOneOrFail({ where: { id: author.id } });

    expect(found.name).toBe('Tomas Berg');
    expect(found.bio).toBeNull();
  });

  it('finds an author by id and name', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();

    const found = await repository('Author').findOneOrFail({ where: { id: author.id } });

    expect(found.id).toEqual(author.id);

    const foundByName = await repository('Author').findOneOrFail({ where: { name: author.name } });

    expect(foundByName.id).toEqual(author.id);
  });

  it('changes only the bio of an author', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();
    const before = await snapshot(['authors'], { but: ['authors.bio'] });

    await repository('Author').update({ id: author.id }, { bio: 'Kept short on purpose.' });

    const savedAuthor = await repository('Author').findOneOrFail({ where: { id: author.id } });
    expect(savedAuthor.bio).toBe('Kept short on purpose.');
    expect(await snapshot(['authors'], { but: ['authors.bio'] })).toEqual(before);
  });

  it('changes the bio and name of an author together', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();
    const before = await snapshot(['authors'], { but: ['authors.bio', 'authors.name'] });

    await repository('Author').update(
      { id: author.id },
      { bio: 'Kept short on purpose.', name: 'Tomas Berg' },
    );

    const savedAuthor = await repository('Author').findOneOrFail({ where: { id: author.id } });
    expect(savedAuthor).toMatchObject({ bio: 'Kept short on purpose.', name: 'Tomas Berg' });
    expect(await snapshot(['authors'], { but: ['authors.bio', 'authors.name'] })).toEqual(before);
  });

  it('removes an author and no other', async () => {
    const author = await seedTestData.author();
    const otherAuthor = await seedTestData.author();

    await repository('Author').delete({ id: author.id });

    expect(await repository('Author').findOne({ where: { id: author.id } })).toBeNull();
    expect(await repository('Author').findOne({ where: { id: otherAuthor.id } })).not.toBeNull();
  });

  it('refuses two authors with the same name', async () => {
    const author = await seedTestData.author();

    await expect(repository('Author').save({ name: author.name })).rejects.toMatchObject({
      name: 'QueryFailedError',
    });
  });

  it('refuses an author without a required field', async () => {
    await expect(repository('Author').save({ name: null } as never)).rejects.toMatchObject({
      name: 'QueryFailedError',
    });
  });
});
