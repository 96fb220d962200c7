import { Reflector } from '@nestjs/core';

import type { Role } from '../users/user.entity';

/** Only users of one of these roles may do this. */
export const Roles = Reflector.createDecorator<Role[]>();
