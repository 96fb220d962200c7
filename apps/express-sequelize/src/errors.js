/** An answer other than success: thrown by a handler, written by the error middleware. */
class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

class BadRequest extends HttpError {
  constructor(message) {
    super(400, message);
  }
}

class Unauthorized extends HttpError {
  constructor(message = 'Not authenticated') {
    super(401, message);
  }
}

class Forbidden extends HttpError {
  constructor(message) {
    super(403, message);
  }
}

class NotFound extends HttpError {
  constructor(message) {
    super(404, message);
  }
}

class Conflict extends HttpError {
  constructor(message) {
    super(409, message);
  }
}

module.exports = { HttpError, BadRequest, Unauthorized, Forbidden, NotFound, Conflict };
