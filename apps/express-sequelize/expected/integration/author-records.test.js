require('./helpers/setup');

const { Author, created, snapshot, stored } = require('./helpers/database');
const { seedTestData } = require('./helpers/factories');

describe('author records', () => {
  it('stores an author with what is required', async () => {
    const author = await created(Author, { name: 'Tomas Berg' });

    const found = await stored(Author, { id: author.id });

    expect(found.name).toBe('Tomas Berg');
    expect(found.bio).toBeNull();
  });

  it('finds an author by id and name', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();

    const found = await stored(Author, { id: author.id });

    expect(found.id).toEqual(author.id);

    const foundByName = await stored(Author, { name: author.name });

    expect(foundByName.id).toEqual(author.id);
  });

  it('changes only the bio of an author', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();
    const before = await snapshot(['authors'], { but: ['authors.bio'] });

    await author.update({ bio: 'Kept short on purpose.' });

    const savedAuthor = await stored(Author, { id: author.id });
    expect(savedAuthor.bio).toBe('Kept short on purpose.');
    expect(await snapshot(['authors'], { but: ['authors.bio'] })).toEqual(before);
  });

  it('changes the bio and name of an author together', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();
    const before = await snapshot(['authors'], { but: ['authors.bio', 'authors.name'] });

    await author.update({ bio: 'Kept short on purpose.', name: 'Tomas Berg' });

    const savedAuthor = await stored(Author, { id: author.id });
    expect(savedAuthor).toMatchObject({ bio: 'Kept short on purpose.', name: 'Tomas Berg' });
    expect(await snapshot(['authors'], { but: ['authors.bio', 'authors.name'] })).toEqual(before);
  });

  it('removes an author and no other', async () => {
    const author = await seedTestData.author();
    const otherAuthor = await seedTestData.author();

    await author.destroy();

    expect(await Author.unscoped().findOne({ where: { id: author.id } })).toBeNull();
    expect(await Author.unscoped().findOne({ where: { id: otherAuthor.id } })).not.toBeNull();
  });

  it('refuses two authors with the same name', async () => {
    const author = await seedTestData.author();

    await expect(created(Author, { name: author.name })).rejects.toMatchObject({
      name: 'SequelizeUniqueConstraintError',
    });
  });

  it('refuses an author without a required field', async () => {
    await expect(created(Author, { name: null })).rejects.toThrow();
  });
});
