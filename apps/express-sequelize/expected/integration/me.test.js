require('./helpers/setup');

const { authenticatedRequest } = require('./helpers/auth');
const { snapshot } = require('./helpers/database');
const { createTestUser } = require('./helpers/factories');

describe('me', () => {
  it("shows the caller's own user", async () => {
    const user = await createTestUser();

    const response = await authenticatedRequest('GET', '/api/v1/me', user);

    expect(response.status).toBe(200);
    expect(response.text).not.toContain(user.password_hash);
  });

  it("updates the caller's own user", async () => {
    const user = await createTestUser();

    const response = await authenticatedRequest('PATCH', '/api/v1/me', user).send({
      email: 'tomas@example.com',
      name: 'Tomas Berg',
      password: 'Amber-Meadow-57',
    });

    expect(response.status).toBe(200);
    expect(response.text).not.toContain('Amber-Meadow-57');
    expect(response.text).not.toContain(user.password_hash);
  });

  it.each([
    ['a null email', 'email', null],
    ['a badly formed email', 'email', 'rosa.example.com'],
    ['an empty email', 'email', ''],
    ['an email of 255 characters', 'email', 'x'.repeat(255)],
    ['a null name', 'name', null],
    ['a name that is no text', 'name', { text: 'amber' }],
    ['an empty name', 'name', ''],
    ['a name of 81 characters', 'name', 'x'.repeat(81)],
    ['a null password', 'password', null],
    ['a password that is no text', 'password', { text: 'amber' }],
    ['a password of 9 characters', 'password', 'x'.repeat(9)],
    ['a password of 73 characters', 'password', 'x'.repeat(73)],
  ])("refuses an invalid change of the caller's own user: %s", async (_, field, value) => {
    const user = await createTestUser();
    const before = await snapshot(['users']);
    const valid = { email: 'tomas@example.com', name: 'Tomas Berg', password: 'Amber-Meadow-57' };

    const response = await authenticatedRequest('PATCH', '/api/v1/me', user).send({
      ...valid,
      [field]: value,
    });

    expect(response.status).toBe(400);
    expect(await snapshot(['users'])).toEqual(before);
  });
});
