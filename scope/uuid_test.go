package scope_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/specgen-dev/specgen/scope"
)

func TestNewUUID(t *testing.T) {
	t.Parallel()
	const n = 10_000
	seen := make(map[scope.UUID]bool, n)
	before := time.Now().UnixMilli()
	for range n {
		id := scope.NewUUID()
		if id[6]>>4 != 7 || id[8]>>6 != 0b10 {
			t.Fatalf("%s: version %d, variant %b", id, id[6]>>4, id[8]>>6)
		}
		var ms int64
		for _, b := range id[:6] {
			ms = ms<<8 | int64(b)
		}
		if ms < before || ms > time.Now().UnixMilli() {
			t.Fatalf("%s: time %d, it was %d before", id, ms, before)
		}
		seen[id] = true
	}
	if len(seen) != n {
		t.Errorf("%d of %d ids are unique", len(seen), n)
	}
}

func TestParseUUID(t *testing.T) {
	t.Parallel()
	const text = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f" // RFC 9562, appendix A.6
	for _, in := range []string{text, strings.ToUpper(text)} {
		id, err := scope.ParseUUID(in)
		if err != nil || id.String() != text {
			t.Errorf("%s is %s, %v", in, id, err)
		}
	}
	for _, in := range []string{
		"", text[:35], text + "0", "{" + text + "}", strings.ReplaceAll(text, "-", ""), strings.ReplaceAll(text, "-", "0"),
		"g" + text[1:], "é" + text[2:],
	} {
		if id, err := scope.ParseUUID(in); !errors.Is(err, scope.ErrInvalid) || id != (scope.UUID{}) || in != "" && strings.Contains(err.Error(), in) {
			t.Errorf("%q is %s, %v", in, id, err)
		}
	}
}

func TestUUIDInJSON(t *testing.T) {
	t.Parallel()
	id := scope.NewUUID()
	encoded, err := json.Marshal(id)
	if err != nil || string(encoded) != `"`+id.String()+`"` {
		t.Errorf("%s, %v", encoded, err)
	}
	var decoded scope.UUID
	if err := json.Unmarshal(encoded, &decoded); err != nil || decoded != id {
		t.Errorf("%s, %v", decoded, err)
	}
	if err := json.Unmarshal([]byte(`"x"`), &decoded); !errors.Is(err, scope.ErrInvalid) || decoded != id {
		t.Errorf("%s, %v", decoded, err)
	}
}

func FuzzParseUUID(f *testing.F) {
	f.Add("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
	f.Add("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
	f.Fuzz(func(t *testing.T, text string) {
		id, err := scope.ParseUUID(text)
		if err == nil && !strings.EqualFold(id.String(), text) {
			t.Errorf("%q is %s", text, id)
		}
	})
}

func ExampleParseUUID() {
	id, err := scope.ParseUUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
	fmt.Println(id, err)
	_, err = scope.ParseUUID("vision")
	fmt.Println(err)
	// Output:
	// 017f22e2-79b0-7cc3-98c4-dc0c0c07398f <nil>
	// not a UUID: want 32 hexadecimal digits in groups of 8-4-4-4-12
}
