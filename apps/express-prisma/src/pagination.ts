import type { PageQuery } from './schemas/fields.js';

export function slice({ page, per_page }: PageQuery): { skip: number; take: number } {
  return { skip: (page - 1) * per_page, take: per_page };
}
