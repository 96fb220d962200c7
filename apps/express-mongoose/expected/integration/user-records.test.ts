import './helpers/setup';

import { snapshot, User } from './helpers/database';
import { createTestUser } from './helpers/factories';

describe('user records', () => {
  it('stores a user with what is required and fills in role', async () => {
    const user = await User.create({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password_hash: 'Violet-Harbour-42',
    });

    const found = await User.findOne({ _id: user._id }).orFail().select('+password_hash');

    expect(found.email).toBe('tomas@example.com');
    expect(found.name).toBe('Tomas Berg');
    expect(found.role).toBe('customer');
  });

  it('finds a user by id and email', async () => {
    const user = await createTestUser();
    await createTestUser();

    const found = await User.findOne({ _id: user._id }).orFail().select('+password_hash');

    expect(found.id).toBe(user.id);

    const foundByEmail = await User.findOne({ email: user.email })
      .orFail()
      .select('+password_hash');

    expect(foundByEmail.id).toBe(user.id);
  });

  it('changes only the name of a user', async () => {
    const user = await createTestUser();
    await createTestUser();
    const before = await snapshot(['users'], { but: ['users.name'] });

    await user.set({ name: 'Tomas Berg' }).save();

    const savedUser = await User.findOne({ _id: user._id }).orFail().select('+password_hash');
    expect(savedUser.name).toBe('Tomas Berg');
    expect(await snapshot(['users'], { but: ['users.name'] })).toEqual(before);
  });

  it('changes the name and email of a user together', async () => {
    const user = await createTestUser();
    await createTestUser();
    const before = await snapshot(['users'], { but: ['users.email', 'users.name'] });

    await user.set({ name: 'Tomas Berg', email: 'tomas@example.com' }).save();

    const savedUser = await User.findOne({ _id: user._id }).orFail().select('+password_hash');
    expect(savedUser).toMatchObject({ name: 'Tomas Berg', email: 'tomas@example.com' });
    expect(await snapshot(['users'], { but: ['users.email', 'users.name'] })).toEqual(before);
  });

  it('removes a user and no other', async () => {
    const user = await createTestUser();
    const otherUser = await createTestUser();

    await user.deleteOne();

    expect(await User.findOne({ _id: user._id }).select('+password_hash')).toBeNull();
    expect(await User.findOne({ _id: otherUser._id }).select('+password_hash')).not.toBeNull();
  });

  it('refuses two users with the same email', async () => {
    const user = await createTestUser();

    await expect(
      User.create({ name: 'Tomas Berg', password_hash: 'Violet-Harbour-42', email: user.email }),
    ).rejects.toMatchObject({ code: 11000 });
  });

  it.each([
    ['no email', null, 'Tomas Berg'],
    ['no name', 'tomas@example.com', null],
  ])('refuses a user without a required field: %s', async (_, email, name) => {
    await expect(
      User.create({ email, name, password_hash: 'Violet-Harbour-42' } as never),
    ).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('refuses a user outside its rules', async () => {
    await expect(
      User.create({ email: 'tomas@example.com', name: '', password_hash: 'Violet-Harbour-42' }),
    ).rejects.toMatchObject({ name: 'ValidationError' });
  });
});
