import { createHmac, timingSafeEqual } from 'node:crypto';

import { BadRequestException, CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

/** Lets in what is signed with the hexadecimal HMAC-SHA256 of the body, keyed by our secret. */
@Injectable()
export class SignatureGuard implements CanActivate {
  constructor(private readonly config: ConfigService) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    const signature = request.headers['x-payment-signature'] ?? '';
    if (!this.isSigned(request.rawBody ?? Buffer.alloc(0), signature)) {
      throw new BadRequestException('Bad signature');
    }
    return true;
  }

  private isSigned(body: Buffer, signature: string): boolean {
    const secret = this.config.getOrThrow<string>('payment.webhookSecret');
    const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('hex'));
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
