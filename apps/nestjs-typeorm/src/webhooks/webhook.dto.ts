import { Type } from 'class-transformer';
import { IsDefined, IsString, ValidateNested } from 'class-validator';

import { Whole } from '../validation/numbers.decorator';
import { Text } from '../validation/text.decorator';

class PaymentData {
  @Whole(1)
  order_id: number;

  @Text()
  payment_id: string;
}

export class PaymentEvent {
  @IsString()
  type: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => PaymentData)
  data: PaymentData;
}
