import { z } from 'zod';

import { email, password, userName } from './fields.js';

export const credentials = z.object({
  email,
  password: z.string(),
});

export const registration = credentials.extend({
  name: userName,
  password,
});

export const profileUpdate = registration.partial();

export type Credentials = z.infer<typeof credentials>;
export type Registration = z.infer<typeof registration>;
export type ProfileUpdate = z.infer<typeof profileUpdate>;
