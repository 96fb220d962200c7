import { Type } from '@sinclair/typebox';

import { Id, Line, NullableText } from './fields.js';

export const AuthorCreate = Type.Object({
  name: Line(120),
  bio: Type.Optional(NullableText()),
});

export const AuthorOut = Type.Object({ id: Id, name: Type.String(), bio: NullableText() });
