import { Controller, Get, Query } from '@nestjs/common';

import { Public } from '../auth/public.decorator';
import { SearchQuery } from './search.query';
import { SearchService } from './search.service';

@Public()
@Controller('search')
export class SearchController {
  constructor(private readonly search: SearchService) {}

  @Get()
  find(@Query() query: SearchQuery) {
    return this.search.find(query);
  }
}
