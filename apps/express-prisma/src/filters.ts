import type { Prisma } from '@prisma/client';

/** A title that contains the text, in any case. Prisma itself leaves wildcards in it as they are. */
export function titleContains(text: string): Prisma.BookWhereInput {
  const escaped = text.replace(/[\\%_]/g, '\\$&');
  return { title: { contains: escaped, mode: 'insensitive' } };
}
