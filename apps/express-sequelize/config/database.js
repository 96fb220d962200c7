// What sequelize-cli asks for; the app itself connects in src/db.js.
const connection = { use_env_variable: 'DATABASE_URL', dialect: 'mysql' };

module.exports = { development: connection, test: connection, production: connection };
