import type { RequestHandler, Response } from 'express';
import type { z } from 'zod';

interface Shape {
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
}

/** What the schemas of a shape make of a request. */
export type Valid<S extends Shape> = {
  [Part in keyof S]: S[Part] extends z.ZodType ? z.infer<S[Part]> : undefined;
};

/** Refuses what does not fit; `valid(res)` gives the rest. */
export function validate(shape: Shape): RequestHandler {
  return (req, res, next) => {
    res.locals.valid = {
      params: shape.params?.parse(req.params),
      query: shape.query?.parse(req.query),
      body: shape.body?.parse(req.body),
    };
    next();
  };
}

export function valid<S extends Shape>(res: Response): Valid<S> {
  return res.locals.valid as Valid<S>;
}
