package scope

import (
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
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
		uuids[i] = pgtype.UUID{Bytes: NewUUID(), Valid: true}
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
