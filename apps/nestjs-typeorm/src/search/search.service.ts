import { HttpService } from '@nestjs/axios';
import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { firstValueFrom } from 'rxjs';

import { Book } from '../books/book.entity';
import { BooksService } from '../books/books.service';
import { type Page, slice } from '../validation/page.query';
import { SearchQuery } from './search.query';

interface SearchAnswer {
  hits: { total: { value: number }; hits: { _id: string }[] };
}

@Injectable()
export class SearchService {
  private readonly logger = new Logger(SearchService.name);

  constructor(
    private readonly http: HttpService,
    private readonly config: ConfigService,
    private readonly books: BooksService,
  ) {}

  /** Asks the search service; when it fails, the database answers instead. */
  async find(query: SearchQuery): Promise<Page<Book> & { degraded: boolean }> {
    const { q, page, per_page } = query;
    try {
      const { ids, total } = await this.ask(query);
      const items = await this.books.findMany(ids);
      return { items, total, page, per_page, degraded: false };
    } catch (error) {
      this.logger.warn('The search service failed, asking the database', error);
      const [items, total] = await this.books.search(q, query);
      return { items, total, page, per_page, degraded: true };
    }
  }

  /** The ids of the books on the page, best match first, and how many match in all. */
  private async ask(query: SearchQuery): Promise<{ ids: number[]; total: number }> {
    const { skip, take } = slice(query);
    const { data } = await firstValueFrom(
      this.http.post<SearchAnswer>(
        `${this.config.getOrThrow<string>('search.url')}/books/_search`,
        { query: { match: { title: query.q } }, from: skip, size: take, _source: false },
        {
          headers: { Authorization: `ApiKey ${this.config.getOrThrow<string>('search.key')}` },
          timeout: this.config.getOrThrow<number>('search.timeout'),
        },
      ),
    );
    const ids = data.hits.hits.map((hit) => Number(hit._id));
    return { ids, total: data.hits.total.value };
  }
}
