const express = require('express');

const config = require('./config');
const sequelize = require('./db');
const { handleErrors, notFound } = require('./middleware/errors');
const wrap = require('./middleware/wrap');
const api = require('./routes');

const app = express();

app.disable('x-powered-by');
app.use(
  express.json({
    // The body as it came, for the signatures of webhooks.
    verify: (req, res, body) => {
      req.rawBody = body;
    },
  }),
);

app.get(
  '/health',
  wrap(async (req, res) => {
    await sequelize.authenticate();
    res.json({ status: 'ok' });
  }),
);
app.use(config.apiPrefix, api);

app.use(notFound);
app.use(handleErrors);

module.exports = app;
