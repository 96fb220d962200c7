const app = require('./app');
const config = require('./config');

app.listen(config.port, () => {
  console.log(`The bookshop listens on port ${config.port}`);
});
