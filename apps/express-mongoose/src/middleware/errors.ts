import type { ErrorRequestHandler, RequestHandler } from 'express';
import createError, { isHttpError } from 'http-errors';
import { ZodError } from 'zod';

const DUPLICATE_KEY = 11000;

export const notFound: RequestHandler = () => {
  throw createError(404, 'There is nothing here');
};

export const handleErrors: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) {
    next(error);
  } else if (error instanceof ZodError) {
    const errors = error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
    res.status(400).json({ message: 'The request is not valid', errors });
  } else if (error?.code === DUPLICATE_KEY) {
    const [field] = Object.keys(error.keyPattern);
    res.status(409).json({ message: `This ${field} is already taken` });
  } else if (isHttpError(error) && error.expose) {
    res.status(error.status).json({ message: error.message });
  } else if (isHttpError(error) && error.status > 500) {
    res.status(error.status).json({ message: error.message });
  } else {
    console.error(error);
    res.status(500).json({ message: 'Something went wrong' });
  }
};
