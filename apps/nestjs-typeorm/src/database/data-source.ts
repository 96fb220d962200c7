import { DataSource } from 'typeorm';

import { databaseConfig } from '../config/database.config';

/** For TypeORM's command line. */
export default new DataSource(databaseConfig());
