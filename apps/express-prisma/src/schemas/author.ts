import { z } from 'zod';

import { authorName, bio } from './fields.js';

export const authorCreate = z.object({
  name: authorName,
  bio: bio.nullish(),
});

export type AuthorCreate = z.infer<typeof authorCreate>;
