import './helpers/setup';

import { Author, snapshot } from './helpers/database';
import { seedTestData } from './helpers/factories';

describe('author records', () => {
  it('stores an author with what is required', async () => {
    const author = await Author.create({ name: 'Tomas Berg' });

    const found = await Author.findOne({ _id: author._id }).orFail();

    expect(found.name).toBe('Tomas Berg');
    expect(found.bio ?? null).toBeNull();
  });

  it('finds an author by id and name', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();

    const found = await Author.findOne({ _id: author._id }).orFail();

    expect(found.id).toBe(author.id);

    const foundByName = await Author.findOne({ name: author.name }).orFail();

    expect(foundByName.id).toBe(author.id);
  });

  it('changes only the bio of an author', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();
    const before = await snapshot(['authors'], { but: ['authors.bio'] });

    await author.set({ bio: 'Kept short on purpose.' }).save();

    const savedAuthor = await Author.findOne({ _id: author._id }).orFail();
    expect(savedAuthor.bio).toBe('Kept short on purpose.');
    expect(await snapshot(['authors'], { but: ['authors.bio'] })).toEqual(before);
  });

  it('changes the bio and name of an author together', async () => {
    const author = await seedTestData.author();
    await seedTestData.author();
    const before = await snapshot(['authors'], { but: ['authors.bio', 'authors.name'] });

    await author.set({ bio: 'Kept short on purpose.', name: 'Tomas Berg' }).save();

    const savedAuthor = await Author.findOne({ _id: author._id }).orFail();
    expect(savedAuthor).toMatchObject({ bio: 'Kept short on purpose.', name: 'Tomas Berg' });
    expect(await snapshot(['authors'], { but: ['authors.bio', 'authors.name'] })).toEqual(before);
  });

  it('removes an author and no other', async () => {
    const author = await seedTestData.author();
    const otherAuthor = await seedTestData.author();

    await author.deleteOne();

    expect(await Author.findOne({ _id: author._id })).toBeNull();
    expect(await Author.findOne({ _id: otherAuthor._id })).not.toBeNull();
  });

  it('refuses two authors with the same name', async () => {
    const author = await seedTestData.author();

    await expect(Author.create({ name: author.name })).rejects.toMatchObject({ code: 11000 });
  });

  it('refuses an author without a required field', async () => {
    await expect(Author.create({ name: null } as never)).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  it('refuses an author outside its rules', async () => {
    await expect(Author.create({ name: '' })).rejects.toMatchObject({ name: 'ValidationError' });
  });
});
