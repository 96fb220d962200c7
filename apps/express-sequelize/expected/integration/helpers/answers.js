/** A copy of `body` with the member at `path` (`items.0.name`) set, or left out for `undefined`. */
function altered(body, path, value) {
  const changed = structuredClone(body);
  const steps = path.split('.');
  const last = steps.pop();
  const target = steps.reduce((found, step) => found[step], changed);
  target[last] = value;
  return changed;
}

module.exports = { altered };
