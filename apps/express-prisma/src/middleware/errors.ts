import type { ErrorRequestHandler, RequestHandler } from 'express';
import { ZodError } from 'zod';

import { isPrismaError, NOT_FOUND } from '../db.js';
import { HttpError, NotFound } from '../errors.js';

export const notFound: RequestHandler = () => {
  throw new NotFound('There is nothing here');
};

/** What Express and its parsers throw: a malformed body, a body too large, a broken URL. */
function isClientError(error: unknown): error is { status: number } {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 500;
}

export const handleErrors: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) {
    next(error);
  } else if (error instanceof ZodError) {
    const issues = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    res.status(400).json({ message: 'The request is not valid', issues });
  } else if (error instanceof HttpError) {
    if (error.status === 401) {
      res.set('WWW-Authenticate', 'Bearer');
    }
    res.status(error.status).json({ message: error.message });
  } else if (isPrismaError(error, NOT_FOUND)) {
    // Somebody removed the row between our look at it and our change.
    res.status(404).json({ message: 'It is gone' });
  } else if (isClientError(error)) {
    res.status(error.status).json({ message: 'The request could not be read' });
  } else {
    console.error(error);
    res.status(500).json({ message: 'Something went wrong' });
  }
};
