import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import { PaymentsService } from './payments.service';

@Module({
  imports: [
    HttpModule.registerAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        baseURL: config.getOrThrow<string>('payment.url'),
        headers: { Authorization: `Bearer ${config.getOrThrow<string>('payment.key')}` },
        timeout: config.getOrThrow<number>('payment.timeout'),
        validateStatus: () => true,
      }),
    }),
  ],
  providers: [PaymentsService],
  exports: [PaymentsService],
})
export class PaymentsModule {}
