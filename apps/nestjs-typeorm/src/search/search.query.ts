import { PageQuery } from '../validation/page.query';
import { Line } from '../validation/text.decorator';

export class SearchQuery extends PageQuery {
  @Line(200)
  q: string;
}
