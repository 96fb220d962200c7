require('./helpers/setup');

const { created, Review, snapshot, stored, User } = require('./helpers/database');
const { createTestUser, hashed, seedTestData } = require('./helpers/factories');

describe('user records', () => {
  it('stores a user with what is required and fills in role', async () => {
    const user = await created(User, {
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password_hash: await hashed('Violet-Harbour-42'),
    });

    const found = await stored(User, { id: user.id });

    expect(found.email).toBe('tomas@example.com');
    expect(found.name).toBe('Tomas Berg');
    expect(found.role).toBe('customer');
  });

  it('finds a user by id and email', async () => {
    const user = await createTestUser();
    await createTestUser();

    const found = await stored(User, { id: user.id });

    expect(found.id).toEqual(user.id);

    const foundByEmail = await stored(User, { email: user.email });

    expect(foundByEmail.id).toEqual(user.id);
  });

  it('changes only the name of a user', async () => {
    const user = await createTestUser();
    await createTestUser();
    const before = await snapshot(['users'], { but: ['users.name'] });

    await user.update({ name: 'Tomas Berg' });

    const savedUser = await stored(User, { id: user.id });
    expect(savedUser.name).toBe('Tomas Berg');
    expect(await snapshot(['users'], { but: ['users.name'] })).toEqual(before);
  });

  it('changes the name and email of a user together', async () => {
    const user = await createTestUser();
    await createTestUser();
    const before = await snapshot(['users'], { but: ['users.email', 'users.name'] });

    await user.update({ name: 'Tomas Berg', email: 'tomas@example.com' });

    const savedUser = await stored(User, { id: user.id });
    expect(savedUser).toMatchObject({ name: 'Tomas Berg', email: 'tomas@example.com' });
    expect(await snapshot(['users'], { but: ['users.email', 'users.name'] })).toEqual(before);
  });

  it('removes a user and no other', async () => {
    const user = await createTestUser();
    const otherUser = await createTestUser();

    await user.destroy();

    expect(await User.unscoped().findOne({ where: { id: user.id } })).toBeNull();
    expect(await User.unscoped().findOne({ where: { id: otherUser.id } })).not.toBeNull();
  });

  it('keeps a user that an order points to', async () => {
    const user = await createTestUser();
    await seedTestData.order({ user_id: user.id });

    await expect(user.destroy()).rejects.toMatchObject({
      name: 'SequelizeForeignKeyConstraintError',
    });
  });

  it('removes a review with its user', async () => {
    const user = await createTestUser();
    const review = await seedTestData.review({ user_id: user.id });

    await user.destroy();

    expect(await Review.unscoped().findOne({ where: { id: review.id } })).toBeNull();
  });

  it('refuses two users with the same email', async () => {
    const user = await createTestUser();

    await expect(
      created(User, {
        name: 'Tomas Berg',
        password_hash: await hashed('Violet-Harbour-42'),
        email: user.email,
      }),
    ).rejects.toMatchObject({ name: 'SequelizeUniqueConstraintError' });
  });

  it.each([
    ['no email', null, 'Tomas Berg'],
    ['no name', 'tomas@example.com', null],
  ])('refuses a user without a required field: %s', async (_, email, name) => {
    await expect(
      created(User, { email, name, password_hash: await hashed('Violet-Harbour-42') }),
    ).rejects.toThrow();
  });
});
