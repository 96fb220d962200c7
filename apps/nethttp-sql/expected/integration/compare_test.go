package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

type (
	object = map[string]any
	list   = []any
)

// equal checks two values as JSON has them: 1 and 1.0 are the same, and so is a moment in any zone.
func equal(t *testing.T, got, want any) {
	t.Helper()
	if !same(plain(got), plain(want)) {
		t.Errorf("got %s, want %s", jsonText(got), jsonText(want))
	}
}

func notEqual(t *testing.T, got, unwanted any) {
	t.Helper()
	if same(plain(got), plain(unwanted)) {
		t.Errorf("got %s, want anything else", jsonText(got))
	}
}

// contains checks that an object has these members.
func contains(t *testing.T, got any, want object) {
	t.Helper()
	found, ok := plain(got).(object)
	if !ok {
		t.Errorf("got %s, want an object with %s", jsonText(got), jsonText(want))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		value, ok := found[name]
		if !ok {
			t.Errorf("%s is missing from %s", name, jsonText(got))
		} else if !same(value, plain(want[name])) {
			t.Errorf("%s: got %s, want %s", name, jsonText(value), jsonText(want[name]))
		}
	}
}

// excludes checks that a text does not occur.
func excludes(t *testing.T, got string, unwanted any) {
	t.Helper()
	if strings.Contains(got, text(unwanted)) {
		t.Errorf("%s occurs in %s", text(unwanted), got)
	}
}

func lacksKey(t *testing.T, got any, name string) {
	t.Helper()
	if slices.Contains(keys(got), name) {
		t.Errorf("%s has no place in %s", name, jsonText(got))
	}
}

// hasType checks that a value is of one of the JSON types.
func hasType(t *testing.T, got any, kinds ...string) {
	t.Helper()
	kind := typeOf(plain(got))
	if !slices.Contains(kinds, kind) && !(kind == "integer" && slices.Contains(kinds, "number")) {
		t.Errorf("%s is %s, want %s", jsonText(got), kind, strings.Join(kinds, " or "))
	}
}

func typeOf(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case list:
		return "array"
	case json.Number:
		if _, err := value.Int64(); err == nil {
			return "integer"
		}
		return "number"
	}
	return "object"
}

// sameItems checks lists whose order does not matter.
func sameItems(t *testing.T, got, want any) {
	t.Helper()
	equal(t, inOrder(got), inOrder(want))
}

func inOrder(value any) list {
	items, _ := plain(value).(list)
	slices.SortFunc(items, func(a, b any) int { return strings.Compare(jsonText(a), jsonText(b)) })
	return items
}

// pluck is the member (a dotted path) of every item of a list.
func pluck(value any, path string) list {
	items, _ := plain(value).(list)
	found := list{}
	for _, each := range items {
		for _, name := range strings.Split(path, ".") {
			each = at(each, name)
		}
		found = append(found, each)
	}
	return found
}

// keys are the names of an object's members, in order.
func keys(value any) []string {
	members, _ := plain(value).(object)
	return slices.Sorted(maps.Keys(members))
}

// at is what stands at a path of names and positions, nil if nothing does.
func at(value any, path ...any) any {
	value = plain(value)
	for _, step := range path {
		switch step := step.(type) {
		case string:
			members, _ := value.(object)
			value = members[step]
		case int:
			items, _ := value.(list)
			if step >= len(items) {
				return nil
			}
			value = items[step]
		}
	}
	return value
}

// missing leaves a member out.
var missing = new(any)

// altered is the object with one member changed; the path is dotted.
func altered(value any, path string, to any) any {
	name, rest, deeper := strings.Cut(path, ".")
	switch value := plain(value).(type) {
	case object:
		changed := maps.Clone(value)
		if deeper {
			changed[name] = altered(value[name], rest, to)
		} else if to == any(missing) {
			delete(changed, name)
		} else {
			changed[name] = to
		}
		return changed
	case list:
		changed := slices.Clone(value)
		if i, _ := strconv.Atoi(name); deeper {
			changed[i] = altered(value[i], rest, to)
		} else if to == any(missing) {
			changed = slices.Delete(changed, i, i+1)
		} else {
			changed[i] = to
		}
		return changed
	}
	return value
}

// plain is a value as JSON gives it back.
func plain(value any) any {
	decoder := json.NewDecoder(strings.NewReader(jsonText(value)))
	decoder.UseNumber()
	var found any
	if err := decoder.Decode(&found); err != nil {
		return fmt.Sprint(value)
	}
	return found
}

func same(a, b any) bool {
	switch a := a.(type) {
	case object:
		b, ok := b.(object)
		return ok && maps.EqualFunc(a, b, same)
	case list:
		b, ok := b.(list)
		return ok && slices.EqualFunc(a, b, same)
	case json.Number:
		b, ok := b.(json.Number)
		return ok && fraction(a).Cmp(fraction(b)) == 0
	case string:
		b, ok := b.(string)
		return ok && (a == b || sameMoment(a, b))
	}
	return a == b
}

func fraction(number json.Number) *big.Rat {
	found, ok := new(big.Rat).SetString(number.String())
	if !ok {
		return new(big.Rat)
	}
	return found
}

func sameMoment(a, b string) bool {
	first, err := moments(a)
	second, other := moments(b)
	return err == nil && other == nil && first.Equal(second)
}

func moments(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999-07:00"} {
		if found, err := time.Parse(layout, text); err == nil {
			return found, nil
		}
	}
	return time.Parse("2006-01-02 15:04:05.999999999", text)
}

func number(value any) float64 {
	found, _ := strconv.ParseFloat(text(value), 64)
	return found
}

func text(value any) string {
	if moment, ok := value.(time.Time); ok {
		return moment.Format(time.RFC3339Nano)
	}
	return fmt.Sprint(value)
}

func jsonText(value any) string {
	var found bytes.Buffer
	encoder := json.NewEncoder(&found)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprintf("%q", fmt.Sprint(value))
	}
	return strings.TrimSuffix(found.String(), "\n")
}
