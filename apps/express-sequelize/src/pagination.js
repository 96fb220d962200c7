/** The rows of a page, as Sequelize asks for them. */
const slice = ({ page, per_page }) => ({ offset: (page - 1) * per_page, limit: per_page });

module.exports = { slice };
