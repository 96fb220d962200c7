const { Router } = require('express');

const router = Router();

router.use('/auth', require('./auth'));
router.use('/me', require('./me'));
router.use('/authors', require('./authors'));
router.use('/books', require('./books'));
router.use('/reviews', require('./reviews'));
router.use('/orders', require('./orders'));
router.use('/admin', require('./admin'));
router.use('/webhooks', require('./webhooks'));

module.exports = router;
