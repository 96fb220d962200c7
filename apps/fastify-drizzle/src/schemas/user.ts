import { type Static, Type } from '@sinclair/typebox';

import { Email, Id, Line, Moment, Password } from './fields.js';

export const Registration = Type.Object({ email: Email, name: Line(80), password: Password });

export const Credentials = Type.Object({ email: Email, password: Type.String() });

export const ProfileUpdate = Type.Partial(Registration);

export const UserOut = Type.Object({
  id: Id,
  email: Type.String(),
  name: Type.String(),
  role: Type.String(),
  created_at: Moment,
});

export type Registration = Static<typeof Registration>;
export type ProfileUpdate = Static<typeof ProfileUpdate>;
