import './helpers/setup';

import { repository, snapshot } from './helpers/database';
import { createTestUser, hashed, seedTestData } from './helpers/factories';

describe('user records', () => {
  it('stores a user with what is required and fills in role', async () => {
    const user = await repository('User').save({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password_hash: await hashed('Violet-Harbour-42'),
    });

    const found = await repository('User').findOneOrFail({ where: { id: user.id } });

    expect(found.email).toBe('tomas@example.com');
    expect(found.name).toBe('Tomas Berg');
    expect(found.role).toBe('customer');
  });

  it('finds a user by id and email', async () => {
    const user = await createTestUser();
    await createTestUser();

    const found = await repository('User').findOneOrFail({ where: { id: user.id } });

    expect(found.id).toEqual(user.id);

    const foundByEmail = await repository('User').findOneOrFail({ where: { email: user.email } });

    expect(foundByEmail.id).toEqual(user.id);
  });

  it('changes only the name of a user', async () => {
    const user = await createTestUser();
    await createTestUser();
    const before = await snapshot(['users'], { but: ['users.name'] });

    await repository('User').update({ id: user.id }, { name: 'Tomas Berg' });

    const savedUser = await repository('User').findOneOrFail({ where: { id: user.id } });
    expect(savedUser.name).toBe('Tomas Berg');
    expect(await snapshot(['users'], { but: ['users.name'] })).toEqual(before);
  });

  it('changes the name and email of a user together', async () => {
    const user = await createTestUser();
    await createTestUser();
    const before = await snapshot(['users'], { but: ['users.email', 'users.name'] });

    await repository('User').update(
      { id: user.id },
      { name: 'Tomas Berg', email: 'tomas@example.com' },
    );

    const savedUser = await repository('User').findOneOrFail({ where: { id: user.id } });
    expect(savedUser).toMatchObject({ name: 'Tomas Berg', email: 'tomas@example.com' });
    expect(await snapshot(['users'], { but: ['users.email', 'users.name'] })).toEqual(before);
  });

  it('removes a user and no other', async () => {
    const user = await createTestUser();
    const otherUser = await createTestUser();

    await repository('User').delete({ id: user.id });

    expect(await repository('User').findOne({ where: { id: user.id } })).toBeNull();
    expect(await repository('User').findOne({ where: { id: otherUser.id } })).not.toBeNull();
  });

  it('keeps a user that an order points to', async () => {
    const user = await createTestUser();
    await seedTestData.order({ user_id: user.id });

    await expect(repository('User').delete({ id: user.id })).rejects.toMatchObject({
      name: 'QueryFailedError',
    });
  });

  it('removes a review with its user', async () => {
    const user = await createTestUser();
    const review = await seedTestData.review({ user_id: user.id });

    await repository('User').delete({ id: user.id });

    expect(await repository('Review').findOne({ where: { id: review.id } })).toBeNull();
  });

  it('refuses two users with the same email', async () => {
    const user = await createTestUser();

    await expect(
      repository('User').save({
        name: 'Tomas Berg',
        password_hash: await hashed('Violet-Harbour-42'),
        email: user.email,
      }),
    ).rejects.toMatchObject({ name: 'QueryFailedError' });
  });

  it.each([
    ['no email', null, 'Tomas Berg'],
    ['no name', 'tomas@example.com', null],
  ])('refuses a user without a required field: %s', async (_, email, name) => {
    await expect(
      repository('User').save({
        email,
        name,
        password_hash: await hashed('Violet-Harbour-42'),
      } as never),
    ).rejects.toMatchObject({ name: 'QueryFailedError' });
  });
});
