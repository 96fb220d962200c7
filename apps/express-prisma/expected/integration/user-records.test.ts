import './helpers/setup.js';

import { describe, expect, it } from 'vitest';

import { prisma, snapshot } from './helpers/database.js';
import { createTestUser, hashed } from './helpers/factories.js';

describe('user records', () => {
  it('stores a user with what is required and fills in role', async () => {
    const user = await prisma.user.create({
      data: {
        email: 'tomas@example.com',
        name: 'Tomas Berg',
        password_hash: await hashed('Violet-Harbour-42'),
      },
    });

    const found = await prisma.user.findFirstOrThrow({ where: { id: user.id } });

    expect(found.email).toBe('tomas@example.com');
    expect(found.name).toBe('Tomas Berg');
    expect(found.role).toBe('customer');
  });

  it('finds a user by id and email', async () => {
    const user = await createTestUser();
    await createTestUser();

    const found = await prisma.user.findFirstOrThrow({ where: { id: user.id } });

    expect(found.id).toEqual(user.id);

    const foundByEmail = await prisma.user.findFirstOrThrow({ where: { email: user.email } });

    expect(foundByEmail.id).toEqual(user.id);
  });

  it('changes only the name of a user', async () => {
    const user = await createTestUser();
    await createTestUser();
    const before = await snapshot(['users'], { but: ['users.name'] });

    await prisma.user.update({ where: { id: user.id }, data: { name: 'Tomas Berg' } });

    const savedUser = await prisma.user.findFirstOrThrow({ where: { id: user.id } });
    expect(savedUser.name).toBe('Tomas Berg');
    expect(await snapshot(['users'], { but: ['users.name'] })).toEqual(before);
  });

  it('changes the name and email of a user together', async () => {
    const user = await createTestUser();
    await createTestUser();
    const before = await snapshot(['users'], { but: ['users.email', 'users.name'] });

    await prisma.user.update({
      where: { id: user.id },
      data: { name: 'Tomas Berg', email: 'tomas@example.com' },
    });

    const savedUser = await prisma.user.findFirstOrThrow({ where: { id: user.id } });
    expect(savedUser).toMatchObject({ name: 'Tomas Berg', email: 'tomas@example.com' });
    expect(await snapshot(['users'], { but: ['users.email', 'users.name'] })).toEqual(before);
  });

  it('removes a user and no other', async () => {
    const user = await createTestUser();
    const otherUser = await createTestUser();

    await prisma.user.delete({ where: { id: user.id } });

    expect(await prisma.user.findFirst({ where: { id: user.id } })).toBeNull();
    expect(await prisma.user.findFirst({ where: { id: otherUser.id } })).not.toBeNull();
  });

  it('refuses two users with the same email', async () => {
    const user = await createTestUser();

    await expect(
      prisma.user.create({
        data: {
          name: 'Tomas Berg',
          password_hash: await hashed('Violet-Harbour-42'),
          email: user.email,
        },
      }),
    ).rejects.toMatchObject({ code: 'P2002' });
  });

  it.each([
    ['no email', null, 'Tomas Berg'],
    ['no name', 'tomas@example.com', null],
  ])('refuses a user without a required field: %s', async (_, email, name) => {
    await expect(
      prisma.user.create({
        data: { email, name, password_hash: await hashed('Violet-Harbour-42') } as never,
      }),
    ).rejects.toThrow();
  });
});
