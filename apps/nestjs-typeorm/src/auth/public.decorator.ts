import { SetMetadata } from '@nestjs/common';

export const IS_PUBLIC = 'isPublic';

/** Nobody has to be signed in. */
export const Public = () => SetMetadata(IS_PUBLIC, true);
