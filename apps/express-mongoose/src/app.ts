import express from 'express';
import mongoose from 'mongoose';

import { handleErrors, notFound } from './middleware/errors';
import { api } from './routes';

declare module 'node:http' {
  interface IncomingMessage {
    /** The body as it came, for the signatures of webhooks. */
    rawBody?: Buffer;
  }
}

export const app = express();

app.disable('x-powered-by');
app.use(
  express.json({
    verify: (req, _res, body) => {
      req.rawBody = body;
    },
  }),
);

app.get('/health', async (_req, res) => {
  await mongoose.connection.db?.admin().ping();
  res.json({ status: 'ok' });
});
app.use('/api/v1', api);

app.use(notFound);
app.use(handleErrors);
