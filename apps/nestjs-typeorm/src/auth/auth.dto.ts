import { PickType } from '@nestjs/mapped-types';
import { IsString } from 'class-validator';

import { Registration } from '../users/user.dto';

export class Credentials extends PickType(Registration, ['email']) {
  @IsString()
  password: string;
}
