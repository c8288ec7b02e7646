package runtime

import (
	"encoding/json"
	"errors"
	"testing"
	"unsafe"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/scope"
)

// The size decides where a flush is divided, so it must be near what the driver's
// buffer grows by, for whatever may be large.
func TestSizeIsNearTheEncoding(t *testing.T) {
	t.Parallel()
	const n = 1000
	texts, pointers, uuids, raw, numbers, truths := make([]string, n), make([]*string, n), make([]pgtype.UUID, n), make([][]byte, n),
		make([]int64, n), make([]bool, n)
	optional := make([]pgtype.Text, n)
	for i := range n {
		texts[i] = "an element of an array of texts"
		pointers[i] = &texts[i]
		raw[i] = []byte(texts[i])
		uuids[i] = pgtype.UUID{Bytes: scope.NewUUID(), Valid: true}
		optional[i] = pgtype.Text{String: texts[i], Valid: true}
	}
	types := pgtype.NewMap()
	for _, tc := range []struct {
		arg any
		oid uint32
	}{
		{texts, pgtype.TextArrayOID}, {pointers, pgtype.TextArrayOID}, {raw, pgtype.ByteaArrayOID}, {optional, pgtype.TextArrayOID},
		{uuids, pgtype.UUIDArrayOID}, {numbers, pgtype.Int8ArrayOID}, {truths, pgtype.BoolArrayOID},
		{string(make([]byte, n)), pgtype.TextOID}, {make([]byte, n), pgtype.ByteaOID}, {&texts[0], pgtype.TextOID},
	} {
		encoded, err := types.Encode(tc.oid, pgtype.BinaryFormatCode, tc.arg, nil)
		if err != nil {
			t.Fatalf("%T: %v", tc.arg, err)
		}
		if size := sizeOf(tc.arg); size > len(encoded)*5/4 || size < len(encoded)/2 {
			t.Errorf("%T: %d, and it is encoded in %d bytes", tc.arg, size, len(encoded))
		}
	}
	for _, small := range []any{nil, 1, true, uuids[0], (*string)(nil), pgtype.Text{}} {
		if size := sizeOf(small); size != 0 {
			t.Errorf("%T: %d, want 0", small, size)
		}
	}
}

// What does not fit a message is refused before it is sent, and the step is told.
// Nobody writes to the pages of these arguments, so they take no memory.
func TestTooLong(t *testing.T) {
	t.Parallel()
	raw := make([]byte, 1<<30)
	text := unsafe.String(&raw[0], len(raw))
	half := raw[:1<<29]
	type status string
	for name, args := range map[string][]any{
		"a text":            {text},
		"a pointer":         {1, &text},
		"a byte string":     {raw},
		"JSON":              {json.RawMessage(raw)},
		"a nullable text":   {pgtype.Text{String: text, Valid: true}},
		"an own type":       {status(text)},
		"several arguments": {half, half},
		"an array":          {[][]byte{half, half}},
	} {
		if !tooLong(args) {
			t.Errorf("%s: it is not told to be too long", name)
		}
		op := &Op{tx: &Tx{runner: &Runner{}}}
		rec := &recorder{op: op}
		_, execErr := rec.Exec(t.Context(), "SELECT $1", args...)
		rows, queryErr := rec.Query(t.Context(), "SELECT $1", args...)
		rowErr := rec.QueryRow(t.Context(), "SELECT $1", args...).Scan()
		rows.Close()
		one := &oneStatement{}
		_, simpleErr := one.Exec(t.Context(), "SELECT $1", args...)
		for _, err := range []error{execErr, queryErr, rowErr, simpleErr} {
			if !errors.Is(err, errTooLong) {
				t.Errorf("%s: got %v", name, err)
			}
		}
		if len(rec.queries) != 0 {
			t.Errorf("%s: it was recorded all the same", name)
		}
	}
	if args := []any{half, text[:1<<28], nil, 1}; tooLong(args) {
		t.Error("what fits is told to be too long")
	}
	op := &Op{tx: &Tx{}, kind: scope.OpCreate, scope: scope.Context{Type: "item"}}
	e := op.stepError(t.Context(), Step{Name: "row"}, errTooLong)
	if !errors.Is(e, scope.ErrInvalid) || e.Error() != "create item: step row: a text or byte string is too long: PostgreSQL takes up to 1 GiB in one statement; correct the value" {
		t.Errorf("error %v", e)
	}
}
