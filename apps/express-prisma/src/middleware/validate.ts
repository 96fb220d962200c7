import type { RequestHandler } from 'express';
import type { ZodType } from 'zod';

/** Puts what the schema made of the body in its place. */
export function validateBody(schema: ZodType): RequestHandler {
  return (req, _res, next) => {
    req.body = schema.parse(req.body);
    next();
  };
}
