import express from 'express';

import { config } from './config.js';
import { handleErrors, notFound } from './middleware/errors.js';
import { health } from './routes/health.js';
import { api } from './routes/index.js';

declare module 'node:http' {
  interface IncomingMessage {
    /** The body as it came, for the signatures of webhooks. */
    rawBody?: Buffer;
  }
}

export function createApp(): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(
    express.json({
      verify: (req, _res, body) => {
        req.rawBody = body;
      },
    }),
  );

  app.use('/health', health);
  app.use(config.API_PREFIX, api);

  app.use(notFound);
  app.use(handleErrors);
  return app;
}
