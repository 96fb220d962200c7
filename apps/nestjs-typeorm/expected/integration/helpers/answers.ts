/** A copy of `body` with the member at `path` (`items.0.name`) set, or left out for `undefined`. */
export function altered(body: any, path: string, value: unknown) {
  const changed = structuredClone(body);
  const steps = path.split('.');
  const last = steps.pop()!;
  const target = steps.reduce((found, step) => found[step], changed);
  target[last] = value;
  return changed;
}

/** The fields that a validation error names: dotted paths, and their last parts. */
export function refusedFields(response: { body: unknown }): string[] {
  const found = new Set<string>();
  const note = (path: string) => {
    const steps = path.split(/[.[\]]+/).filter(Boolean);
    steps.forEach((_, at) => found.add(steps.slice(at).join('.')));
  };
  const look = (part: unknown) => {
    if (typeof part === 'string') {
      part.match(/[\w.[\]]+/g)?.forEach(note);
    } else if (Array.isArray(part)) {
      note(part.join('.'));
      part.forEach(look);
    } else {
      Object.entries(part ?? {}).forEach(([name, value]) => {
        note(name);
        look(value);
      });
    }
  };
  look(response.body);
  return [...found];
}
