import {
  type ArgumentMetadata,
  BadRequestException,
  Injectable,
  ParseIntPipe,
} from '@nestjs/common';

import { INT4_MAX } from './numbers.decorator';

@Injectable()
export class IdPipe extends ParseIntPipe {
  async transform(value: string, metadata: ArgumentMetadata): Promise<number> {
    const id = await super.transform(value, metadata);
    if (id < 1 || id > INT4_MAX) {
      throw new BadRequestException(`${metadata.data} must be between 1 and ${INT4_MAX}`);
    }
    return id;
  }
}
