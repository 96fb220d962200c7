import { IsOptional } from 'class-validator';

import { Line, Text } from '../validation/text.decorator';

export class AuthorCreate {
  @Line(120)
  name: string;

  @IsOptional()
  @Text()
  bio?: string | null;
}
