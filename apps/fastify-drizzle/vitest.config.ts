import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    server: {
      // It imports our plugins itself, which are TypeScript.
      deps: { inline: ['@fastify/autoload'] },
    },
  },
});
