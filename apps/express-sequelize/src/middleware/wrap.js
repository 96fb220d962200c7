/** Express 4 does not wait for handlers: what they reject with goes to the error middleware. */
const wrap = (handler) => (req, res, next) => Promise.resolve(handler(req, res, next)).catch(next);

module.exports = wrap;
