const { HttpError, NotFound } = require('../errors');

const notFound = (req, res, next) => next(new NotFound('There is nothing here'));

/** What Express and its parsers throw: a malformed body, a body too large, a broken URL. */
const isClientError = (error) => error.status >= 400 && error.status < 500;

// eslint-disable-next-line no-unused-vars
const handleErrors = (error, req, res, next) => {
  if (error instanceof HttpError) {
    if (error.status === 401) {
      res.set('WWW-Authenticate', 'Bearer');
    }
    return res.status(error.status).json({ message: error.message });
  }
  if (isClientError(error)) {
    return res.status(error.status).json({ message: 'The request could not be read' });
  }
  console.error(error);
  return res.status(500).json({ message: 'Something went wrong' });
};

module.exports = { notFound, handleErrors };
